package io.aiproxy.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The writing side of one answer: turns the steps of a {@link Reply} into bytes. */
final class Wire {
    private static final byte[] CRLF = {'\r', '\n'};

    private final Recorded request;
    private final Reply reply;
    private final Socket raw;
    private final OutputStream out;
    private boolean headSent;
    private boolean closed;

    /**
     * @param raw the TCP socket, below TLS if there is any
     * @param out where bytes go
     */
    Wire(Recorded request, Reply reply, Socket raw, OutputStream out) {
        this.request = request;
        this.reply = reply;
        this.raw = raw;
        this.out = out;
    }

    /** Runs the script; true if the connection may serve another request. */
    boolean run() throws Exception {
        for (Reply.Step step : reply.steps) {
            step.run(this);
            if (closed) {
                return false;
            }
        }
        head();
        if (hasBody() && reply.framing == BodyStream.Framing.CHUNKED) {
            raw(("0\r\n" + lines(reply.trailers) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }
        if (reply.closes || reply.framing == BodyStream.Framing.UNTIL_CLOSE) {
            request.finished();
            cut();
            return false;
        }
        return true;
    }

    /** Sends the head unless that is done. */
    void head() throws IOException {
        if (headSent) {
            return;
        }
        headSent = true;
        raw(("HTTP/1.1 " + reply.status + " Scripted\r\n" + lines(reply.fields) + framing() + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
    }

    private String framing() {
        boolean bodiless = reply.status == 204 || reply.status == 304;
        return switch (reply.framing) {
            case LENGTH -> bodiless && reply.length == 0 ? "" : "Content-Length: " + reply.length + "\r\n";
            case CHUNKED -> "Transfer-Encoding: chunked\r\n";
            case UNTIL_CLOSE -> "";
        };
    }

    private static String lines(List<Head.Field> fields) {
        StringBuilder lines = new StringBuilder();
        fields.forEach(f -> lines.append(f).append("\r\n"));
        return lines.toString();
    }

    private boolean hasBody() {
        return !request.method().equals("HEAD") && reply.status != 204 && reply.status != 304;
    }

    /** Writes a piece of the body within the framing. */
    void body(byte[] bytes) throws IOException {
        head();
        if (!hasBody() || bytes.length == 0) {
            return;
        }
        if (reply.framing == BodyStream.Framing.CHUNKED) {
            byte[] size = Integer.toHexString(bytes.length).getBytes(StandardCharsets.ISO_8859_1);
            byte[] chunk = new byte[size.length + 4 + bytes.length];
            System.arraycopy(size, 0, chunk, 0, size.length);
            System.arraycopy(CRLF, 0, chunk, size.length, 2);
            System.arraycopy(bytes, 0, chunk, size.length + 2, bytes.length);
            System.arraycopy(CRLF, 0, chunk, chunk.length - 2, 2);
            raw(chunk);
        } else {
            raw(bytes);
        }
        request.sent(bytes.length);
    }

    /** Writes bytes as they are. */
    void raw(byte[] bytes) throws IOException {
        Segments.write(out, bytes, reply.split);
    }

    /** Closes with FIN. For TLS without close_notify: that is what a dying server does. */
    void cut() throws IOException {
        closed = true;
        raw.shutdownOutput();
        raw.close();
    }

    /** Closes with RST. */
    void reset() throws IOException {
        closed = true;
        raw.setSoLinger(true, 0);
        raw.close();
    }
}
