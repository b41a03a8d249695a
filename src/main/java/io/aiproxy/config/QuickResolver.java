package io.aiproxy.config;

import java.util.HashMap;
import java.util.Map;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Says of a value what YAML 1.1 would, without trying patterns at every word of a file: nothing that begins with a letter is
 * anything but text, except for short words such as {@code true}, {@code off} and {@code null}, which stand there again and again.
 * For one file and one thread.
 */
final class QuickResolver extends Resolver {
    /** Of {@code false}. Numbers, dates, {@code ~} and {@code <<} begin with no letter (yaml.org/type). */
    private static final int LONGEST_WORD = 5;

    private final Map<String, Tag> known = new HashMap<>();

    @Override
    public Tag resolve(NodeId kind, String value, boolean implicit) {
        if (kind != NodeId.scalar || !implicit || value.isEmpty() || !letter(value.charAt(0))) {
            return super.resolve(kind, value, implicit);
        }
        return value.length() > LONGEST_WORD
                ? Tag.STR
                : known.computeIfAbsent(value, word -> super.resolve(kind, word, true));
    }

    private static boolean letter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
