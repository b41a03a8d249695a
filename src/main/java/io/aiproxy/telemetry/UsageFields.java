package io.aiproxy.telemetry;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageField;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What lines of the access log say of {@link Usage}: in JSON an object {@code usage} with the members below, in the plain
 * format a pair {@code usage_…} for each of them. What is zero is left out, and with it the object if nothing remains.
 */
final class UsageFields {
    /** Bytes that all of them take at most, in either format. */
    static final int LONGEST = 660;

    private static final byte[] OBJECT = ascii(",\"usage\":{");
    private static final Key[] ALL =
            Arrays.stream(UsageField.values()).map(Key::of).toArray(Key[]::new);

    private UsageFields() {}

    /** A number's names in both formats, written once. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    private record Key(UsageField number, byte[] json, byte[] plain) {
        static Key of(UsageField number) {
            return new Key(number, ascii("\"" + number.word() + "\":"), ascii(" usage_" + number.word() + "="));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Appends the object as a member of one that has others before it. */
    static void json(Usage usage, LineBytes to) {
        boolean begun = false;
        for (Key field : ALL) {
            long value = field.number.of(usage);
            if (value > 0) {
                if (begun) {
                    to.put(',');
                } else {
                    to.put(OBJECT);
                    begun = true;
                }
                to.put(field.json);
                to.number(value);
            }
        }
        if (begun) {
            to.put('}');
        }
    }

    /** Appends the pairs. */
    static void plain(Usage usage, LineBytes to) {
        for (Key field : ALL) {
            long value = field.number.of(usage);
            if (value > 0) {
                to.put(field.plain);
                to.number(value);
            }
        }
    }
}
