package io.aiproxy.wire;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;

/**
 * An answer that the gateway itself gives, whole or streamed.
 *
 * @param status HTTP status
 * @param headers fields in order; framing fields (length, encoding, connection) are the wire's and not among them
 * @param content the body
 */
public record Answer(int status, List<Map.Entry<String, String>> headers, Content content) {

    /** The two kinds of bodies. */
    public sealed interface Content permits Whole, Streamed {}

    /** A body that is complete. */
    public static final class Whole implements Content {
        private final byte[] bytes;

        /** {@code bytes} must not be changed afterwards. */
        public Whole(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }
    }

    /**
     * A body that is still being made. It is asked for one buffer at a time, as fast as the caller reads; an error from
     * it breaks the connection.
     *
     * @param publisher may signal from any thread
     */
    public record Streamed(Flow.Publisher<ByteBuffer> publisher) implements Content {}

    /** An answer with a complete body. */
    public static Answer of(int status, List<Map.Entry<String, String>> headers, byte[] bytes) {
        return new Answer(status, headers, new Whole(bytes));
    }
}
