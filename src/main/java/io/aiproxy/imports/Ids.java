package io.aiproxy.imports;

import io.aiproxy.config.ChannelIds;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Makes ids that the configuration allows, each once. */
final class Ids {
    private static final int LONGEST = 56;

    private final Set<String> taken = new HashSet<>();

    /** An id of a channel or group like {@code wish}. */
    String channel(String wish) {
        String id = trimmed(wish.replaceAll("[^A-Za-z0-9._-]+", "-"), "channel");
        return unique(ChannelIds.reserved(id) ? id + "-channel" : id);
    }

    /** An id of a user like {@code wish}. */
    String user(String wish) {
        return unique(trimmed(wish.replaceAll("[^\\p{L}\\p{N}._@+-]+", "-"), "user"));
    }

    /** A name like {@code wish}. */
    String name(String wish) {
        return unique(wish);
    }

    private static String trimmed(String text, String otherwise) {
        String id = text.replaceAll("^[^\\p{L}\\p{N}]+|-+$", "");
        return id.isEmpty() ? otherwise : id.length() > LONGEST ? id.substring(0, LONGEST) : id;
    }

    private String unique(String id) {
        String candidate = id;
        int count = 1;
        while (!taken.add(candidate.toLowerCase(Locale.ROOT))) {
            count++;
            candidate = id + "-" + count;
        }
        return candidate;
    }
}
