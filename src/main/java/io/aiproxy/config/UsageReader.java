package io.aiproxy.config;

import com.fasterxml.jackson.core.JsonPointer;
import io.aiproxy.core.Dialect;
import java.util.Map;
import java.util.Set;

/** {@code usage:} of a channel. */
final class UsageReader {
    private static final Set<String> NUMBERS =
            Set.of("input", "output", "cached_input", "cache_write", "reasoning", "images", "seconds", "characters");

    private UsageReader() {}

    static UsageConfig read(NodeReader channel, Dialect dialect) {
        UsageConfig standard = UsageConfig.defaults(dialect != Dialect.GENERIC);
        NodeReader usage = channel.child("usage");
        Map<String, Text> pointers = usage.map("pointers");
        pointers.forEach(UsageReader::check);
        UsageConfig config = new UsageConfig(
                usage.flag("include_usage", standard.includeUsage()),
                usage.choice("on_disconnect", UsageConfig.OnDisconnect.class, standard.onDisconnect()),
                usage.span("drain_time", standard.drainTime()),
                usage.size("drain_bytes", standard.drainBytes()),
                TokenReader.values(pointers));
        usage.done();
        return config;
    }

    private static void check(String number, Text pointer) {
        if (!NUMBERS.contains(number)) {
            pointer.problem("is no number that is known" + Words.didYouMean(number, NUMBERS));
        }
        try {
            JsonPointer.compile(pointer.value());
        } catch (IllegalArgumentException e) {
            pointer.problem("is no JSON pointer: it begins with /, e.g. /usage/input_tokens");
        }
    }
}
