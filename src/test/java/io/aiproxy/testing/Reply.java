package io.aiproxy.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A script that answers one request: good, bad or ugly. Steps run in the order of the calls. A script that runs out of
 * steps ends its answer properly; {@link #cut()}, {@link #reset()} and {@link #stall()} are for those that do not.
 * The same script may answer many requests.
 */
public final class Reply implements Scripted {
    /** One step of a script. */
    interface Step {
        void run(Wire wire) throws Exception;
    }

    final List<Step> steps = new ArrayList<>();
    final List<Head.Field> fields = new ArrayList<>();
    final List<Head.Field> trailers = new ArrayList<>();
    final int status;
    BodyStream.Framing framing = BodyStream.Framing.LENGTH;
    long length;
    int split;
    boolean closes;

    private Reply(int status) {
        this.status = status;
    }

    /** An answer with this status, without a body unless one is added. */
    public static Reply status(int status) {
        return new Reply(status);
    }

    /** 200 with a JSON body. */
    public static Reply json(String body) {
        return json(200, body);
    }

    /** A JSON answer. */
    public static Reply json(int status, String body) {
        return status(status).header("content-type", "application/json").body(body);
    }

    /** The head of an event stream, chunked. */
    public static Reply sse() {
        return status(200).header("content-type", "text/event-stream").chunked();
    }

    /** Accepts a WebSocket; what happens on it is said there. */
    public static SocketReply webSocket() {
        return new SocketReply();
    }

    /** Bytes that need not be HTTP; then the connection is closed. */
    public static Reply raw(String bytes) {
        return raw(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Bytes that need not be HTTP; then the connection is closed. */
    public static Reply raw(byte[] bytes) {
        return new Reply(0).step(w -> w.raw(bytes)).cut();
    }

    /** Says nothing at all until the peer gives up. */
    public static Reply silent() {
        return new Reply(0).stall();
    }

    /** Closes the connection without an answer. */
    public static Reply hangUp() {
        return new Reply(0).cut();
    }

    /** Resets the connection without an answer. */
    public static Reply resetAtOnce() {
        return new Reply(0).reset();
    }

    /** Adds a header field; the order is kept. */
    public Reply header(String name, String value) {
        fields.add(new Head.Field(name, value));
        return this;
    }

    /** The whole body, with a true Content-Length. */
    public Reply body(String text) {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The whole body, with a true Content-Length. */
    public Reply body(byte[] bytes) {
        length(bytes.length);
        return write(bytes);
    }

    /** A Content-Length, true or not. */
    public Reply length(long bytes) {
        framing = BodyStream.Framing.LENGTH;
        length = bytes;
        return this;
    }

    /** Every write becomes a chunk. */
    public Reply chunked() {
        framing = BodyStream.Framing.CHUNKED;
        return this;
    }

    /** The body ends with the connection. */
    public Reply untilClose() {
        framing = BodyStream.Framing.UNTIL_CLOSE;
        return this;
    }

    /** A trailer field behind a chunked body. */
    public Reply trailer(String name, String value) {
        trailers.add(new Head.Field(name, value));
        return this;
    }

    /** Sends the head now, without waiting for the first byte of the body. */
    public Reply flushHead() {
        return step(Wire::head);
    }

    /** Writes a piece of the body. */
    public Reply write(String text) {
        return write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a piece of the body. */
    public Reply write(byte[] bytes) {
        return step(w -> w.body(bytes));
    }

    /** Writes bytes behind the head regardless of the framing. */
    public Reply rawBody(byte[] bytes) {
        return step(w -> {
            w.head();
            w.raw(bytes);
        });
    }

    /** Writes an event with this data line. */
    public Reply event(String data) {
        return write("data: " + data + "\n\n");
    }

    /** Writes a named event. */
    public Reply event(String name, String data) {
        return write("event: " + name + "\ndata: " + data + "\n\n");
    }

    /** Writes {@code size} bytes of {@link Payload} in pieces of 64 KiB. */
    public Reply generated(long size) {
        return step(w -> {
            for (long at = 0; at < size; at += 65536) {
                w.body(Payload.bytes(at, (int) Math.min(65536, size - at)));
            }
        });
    }

    /** Waits until the test opens the gate. */
    public Reply await(Gate gate) {
        return step(w -> gate.pass());
    }

    /** Waits; for a slow upstream only: order is what gates are for. */
    public Reply pause(Duration duration) {
        return step(w -> Thread.sleep(duration.toMillis()));
    }

    /** Sends an interim (1xx) answer. */
    public Reply interim(int interimStatus, String... headerLines) {
        return step(w -> {
            String lines = headerLines.length == 0 ? "" : String.join("\r\n", headerLines) + "\r\n";
            w.raw(("HTTP/1.1 " + interimStatus + " Interim\r\n" + lines + "\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
        });
    }

    /** Sends everything, the head too, in pieces of so many bytes, each in a segment of its own. */
    public Reply splitEvery(int bytes) {
        split = bytes;
        return this;
    }

    /** Closes the connection after the proper end without having said so. */
    public Reply thenClose() {
        closes = true;
        return this;
    }

    /** Closes the connection (FIN) here. */
    public Reply cut() {
        return step(Wire::cut);
    }

    /** Resets the connection (RST) here. */
    public Reply reset() {
        return step(Wire::reset);
    }

    /** Says nothing more until the peer gives up or the upstream is closed. */
    public Reply stall() {
        return step(w -> new java.util.concurrent.CountDownLatch(1).await());
    }

    private Reply step(Step step) {
        steps.add(step);
        return this;
    }
}
