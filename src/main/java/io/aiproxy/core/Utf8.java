package io.aiproxy.core;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Files of megabytes as text. */
public final class Utf8 {
    /** What stands in a text where its bytes were no UTF-8; it may stand there itself. */
    private static final char REPLACEMENT = '\uFFFD';

    private Utf8() {}

    /** The text of these bytes; empty if they are not UTF-8. */
    public static Optional<String> text(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        // The strict decoder takes its time, so it is asked only about what the quick one may have replaced.
        return text.indexOf(REPLACEMENT) < 0 || valid(bytes) ? Optional.of(text) : Optional.empty();
    }

    private static boolean valid(byte[] bytes) {
        try {
            var unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException notUtf8) {
            return false;
        }
    }
}
