package io.aiproxy.edge;

import io.aiproxy.config.Snapshot;
import io.aiproxy.config.UserConfig;
import io.aiproxy.core.Call;
import io.aiproxy.core.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What calls are sorted by in the books: the caller's groups, and tags that the caller has given the call. */
final class CallLabels {
    /** In characters. */
    private static final int LONGEST = 128;

    private CallLabels() {}

    /** Sets groups and tags of a call whose caller is known. */
    static void label(Call call, Snapshot snapshot, String userId) {
        UserConfig user = snapshot.users().get(userId);
        if (user != null) {
            call.groups(user.groups());
        }
        List<String> names = snapshot.system().usage().tags();
        if (!names.isEmpty()) {
            call.tags(tags(names, call.head().headers()));
        }
    }

    private static Map<String, String> tags(List<String> names, Headers headers) {
        Map<String, String> tags = Map.of();
        for (String name : names) {
            String value = headers.get(name);
            String tag = value == null ? "" : tag(value);
            if (!tag.isEmpty()) {
                tags = tags.isEmpty() ? new LinkedHashMap<>() : tags;
                tags.put(name, tag);
            }
        }
        return tags.isEmpty() ? tags : Collections.unmodifiableMap(tags);
    }

    /** At most {@value #LONGEST} printable characters of a value; each of the others becomes a blank. */
    static String tag(String value) {
        String text = plain(value) ? value : unicode(value);
        StringBuilder tag = new StringBuilder(Math.min(text.length(), LONGEST));
        text.codePoints()
                .map(c -> printable(c) ? c : ' ')
                .dropWhile(Character::isWhitespace)
                .limit(LONGEST)
                .forEach(tag::appendCodePoint);
        return tag.toString().strip();
    }

    private static boolean plain(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) >= 0x80) {
                return false;
            }
        }
        return true;
    }

    /** Header fields come as one character for each byte (RFC 9110, 5.5); what is UTF-8 is meant as such. */
    private static String unicode(String value) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value.getBytes(StandardCharsets.ISO_8859_1)))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            return value;
        }
    }

    private static boolean printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
