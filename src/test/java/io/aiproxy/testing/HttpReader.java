package io.aiproxy.testing;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads HTTP/1.1 messages byte by byte from a blocking stream. */
final class HttpReader {
    private final InputStream in;
    private final byte[] buffer = new byte[16 * 1024];
    private int at;
    private int end;
    private BeforeBlocking beforeBlocking = () -> {};

    HttpReader(InputStream in) {
        this.in = in;
    }

    /** What is done whenever all that had come is read, before waiting for more. */
    interface BeforeBlocking {
        void run() throws IOException;
    }

    void beforeBlocking(BeforeBlocking action) {
        beforeBlocking = action;
    }

    /** Blocks until a byte can be read (true) or the peer has finished (false). */
    boolean awaitByte() throws IOException {
        if (at < end) {
            return true;
        }
        beforeBlocking.run();
        int n = in.read(buffer);
        if (n < 0) {
            return false;
        }
        at = 0;
        end = n;
        return true;
    }

    /** The next byte, or -1 at the end. */
    int read() throws IOException {
        return awaitByte() ? buffer[at++] & 0xff : -1;
    }

    /** What is there, at least one byte, at most {@code max}; empty at the end. */
    byte[] readSome(long max) throws IOException {
        if (!awaitByte()) {
            return new byte[0];
        }
        int n = (int) Math.min(max, end - at);
        byte[] some = new byte[n];
        System.arraycopy(buffer, at, some, 0, n);
        at += n;
        return some;
    }

    /** Reads what is there, at least one byte, at most {@code max}; how many, or -1 at the end. */
    int readInto(byte[] into, int offset, int max) throws IOException {
        if (at == end && max >= buffer.length) {
            beforeBlocking.run();
            return in.read(into, offset, max);
        }
        if (!awaitByte()) {
            return -1;
        }
        int n = Math.min(max, end - at);
        System.arraycopy(buffer, at, into, offset, n);
        at += n;
        return n;
    }

    /** The next head; empty when the peer finished before its first byte. */
    Optional<Head> readHead() throws IOException {
        ByteArrayOutputStream raw = new ByteArrayOutputStream();
        int newlines = 0;
        while (newlines < 2) {
            int b = read();
            if (b < 0) {
                if (raw.size() == 0) {
                    return Optional.empty();
                }
                throw new EOFException("The peer finished inside a head: " + raw.toString(StandardCharsets.ISO_8859_1));
            }
            if (raw.size() == 0 && (b == '\r' || b == '\n')) {
                continue;
            }
            raw.write(b);
            newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
        }
        return Optional.of(Head.parse(raw.toByteArray()));
    }

    /** A line without its end. */
    String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        int b = read();
        while (b != '\n') {
            if (b < 0) {
                throw new Truncated("The stream ended inside a line: " + line);
            }
            line.append((char) b);
            b = read();
        }
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }

    /** The body of a request with this head. */
    BodyStream requestBody(Head head) {
        if (head.chunked()) {
            return new BodyStream(this, BodyStream.Framing.CHUNKED, 0);
        }
        return new BodyStream(
                this, BodyStream.Framing.LENGTH, head.contentLength().orElse(0L));
    }

    /** The body of a response with this head to a request with this method. */
    BodyStream responseBody(Head head, String method) {
        int status = head.status();
        if (method.equals("HEAD") || status == 204 || status == 304 || status / 100 == 1) {
            return new BodyStream(this, BodyStream.Framing.LENGTH, 0);
        }
        if (head.chunked()) {
            return new BodyStream(this, BodyStream.Framing.CHUNKED, 0);
        }
        return head.contentLength()
                .map(n -> new BodyStream(this, BodyStream.Framing.LENGTH, n))
                .orElseGet(() -> new BodyStream(this, BodyStream.Framing.UNTIL_CLOSE, 0));
    }

    /** The message broke off before its framing said that it was complete. */
    static final class Truncated extends IOException {
        Truncated(String message) {
            super(message);
        }
    }
}
