package io.aiproxy.admin;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;

/**
 * An answer of the admin API.
 *
 * @param status the HTTP status
 * @param headers by lower-case name
 * @param body empty with 204 and 304, and where there is a stream
 * @param stream makes the body while it is sent, for answers that may be too large to be held
 */
@SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
public record AdminAnswer(int status, Map<String, String> headers, byte[] body, Optional<Stream> stream) {
    /** An answer that is there as a whole. */
    public AdminAnswer(int status, Map<String, String> headers, byte[] body) {
        this(status, headers, body, Optional.empty());
    }

    /** Makes a body. */
    @FunctionalInterface
    public interface Stream {
        /**
         * Writes the whole body. Blocks while the client is slow. What is thrown before much was written becomes a problem;
         * later it breaks the connection.
         *
         * @throws IOException when the client has left
         * @throws UsageDesk.Declined when there is no body to be made
         */
        void write(OutputStream out) throws IOException, UsageDesk.Declined;
    }

    /** It may hold a new key: not printed. */
    @Override
    public String toString() {
        return "AdminAnswer " + status;
    }
}
