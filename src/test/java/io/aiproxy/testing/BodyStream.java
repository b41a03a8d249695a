package io.aiproxy.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message body while it arrives. Reading past a break (fewer bytes than promised, no last chunk) throws
 * {@link HttpReader.Truncated}, so that a cut never looks like an end.
 */
public final class BodyStream extends InputStream {
    /** How the end of a body is known. */
    enum Framing {
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    private final HttpReader reader;
    private final Framing framing;
    private final List<String> trailers = new ArrayList<>();
    private long left;
    private boolean firstChunk = true;
    private boolean done;

    BodyStream(HttpReader reader, Framing framing, long length) {
        this.reader = reader;
        this.framing = framing;
        this.left = length;
    }

    /** The next bytes as they arrive, at least one; empty at the end. */
    public byte[] next() throws IOException {
        if (done || !ready()) {
            done = true;
            return new byte[0];
        }
        byte[] some = reader.readSome(framing == Framing.UNTIL_CLOSE ? Long.MAX_VALUE : left);
        if (some.length == 0) {
            if (framing != Framing.UNTIL_CLOSE) {
                throw new HttpReader.Truncated("The body ended " + left + " bytes too early");
            }
            done = true;
        }
        left -= some.length;
        return some;
    }

    private boolean ready() throws IOException {
        if (framing == Framing.UNTIL_CLOSE) {
            return true;
        }
        if (framing == Framing.CHUNKED && left == 0) {
            if (!firstChunk) {
                reader.readLine();
            }
            firstChunk = false;
            left = Long.parseLong(reader.readLine().split(";")[0].strip(), 16);
            if (left == 0) {
                readTrailers();
            }
        }
        return left > 0;
    }

    private void readTrailers() throws IOException {
        String line = reader.readLine();
        while (!line.isEmpty()) {
            trailers.add(line);
            line = reader.readLine();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (done || !ready()) {
            done = true;
            return -1;
        }
        byte[] some = reader.readSome(framing == Framing.UNTIL_CLOSE ? length : Math.min(left, length));
        if (some.length == 0) {
            if (framing != Framing.UNTIL_CLOSE) {
                throw new HttpReader.Truncated("The body ended " + left + " bytes too early");
            }
            done = true;
            return -1;
        }
        left -= some.length;
        System.arraycopy(some, 0, into, offset, some.length);
        return some.length;
    }

    /** Everything up to the end. */
    public byte[] readAll() throws IOException {
        return readAllBytes();
    }

    /** Everything up to the end, as UTF-8. */
    public String text() throws IOException {
        return new String(readAll(), StandardCharsets.UTF_8);
    }

    /**
     * The next server-sent event with its lines as they stood, without the empty line; empty at the end. Returns as
     * soon as its last byte has arrived. Bytes behind the last empty line are returned as they are.
     */
    public String event() throws IOException {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        int newlines = 0;
        while (newlines < 2) {
            int b = read();
            if (b < 0) {
                break;
            }
            event.write(b);
            newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
        }
        return event.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    /** All events up to the end. */
    public List<String> events() throws IOException {
        List<String> events = new ArrayList<>();
        String event = event();
        while (!event.isEmpty()) {
            events.add(event);
            event = event();
        }
        return events;
    }

    /** Trailer fields, known once the body has ended. */
    public List<String> trailers() {
        return trailers;
    }
}
