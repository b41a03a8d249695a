package io.aiproxy.dialects;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Takes gzip off the beginning of a body: SDKs ask for it, and a provider may grant it whatever the gateway asks for. */
final class Unpacked {
    private Unpacked() {}

    /**
     * The plain beginning, as far as the packed one goes.
     *
     * @param encoding {@code Content-Encoding} of the answer
     * @param most bytes unpacked at most
     */
    static byte[] prefix(byte[] prefix, @Nullable String encoding, int most) {
        if (encoding == null || !encoding.toLowerCase(Locale.ROOT).contains("gzip")) {
            return prefix;
        }
        byte[] out = new byte[most];
        int length = 0;
        try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(prefix))) {
            int read = 0;
            while (read >= 0 && length < out.length) {
                length += read;
                read = unpacked.read(out, length, out.length - length);
            }
        } catch (IOException truncated) {
            // what was unpacked so far is what there is
        }
        return Arrays.copyOf(out, length);
    }
}
