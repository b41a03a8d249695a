package io.aiproxy.testing;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

/**
 * A script that accepts a WebSocket handshake and plays frames, from {@link Reply#webSocket()}. Steps run in the order
 * of the calls; the 101 leaves before the first that sends or expects something, so that a gate before it holds the
 * handshake. Frames of the script are unmasked, as a server's have to be. Whatever arrives is recorded, expected or not:
 * {@link Recorded#socket()}.
 *
 * <p>A script that runs out of steps ends as a polite server does: it waits for the peer's Close frame, sends its own
 * unless it has, and closes the connection. {@link #cut()}, {@link #reset()} and {@link #stall()} are for those that do
 * not. Pings are answered from {@link #answerPings()}, {@link #echo()} or {@link #serve} on.
 */
public final class SocketReply implements Scripted {
    /** One step of a script. */
    interface Step {
        void run(SocketSession session) throws Exception;
    }

    /** What answers messages one by one. */
    public interface Handler {
        /** Called with every whole text or binary message, its fragments joined. */
        void message(Frame message, Peer peer) throws Exception;
    }

    /** The other side, as a {@link Handler} sees it. */
    public interface Peer {
        /** Sends a frame. */
        void send(Frame frame) throws Exception;

        /** Waits until the test opens the gate. */
        void await(Gate gate) throws Exception;
    }

    final List<Step> steps = new ArrayList<>();
    final List<Head.Field> fields = new ArrayList<>();
    final Set<String> missing = new HashSet<>();
    Optional<String> accept = Optional.empty();
    int split;

    SocketReply() {}

    /** Chooses a subprotocol, offered or not. */
    public SocketReply subprotocol(String name) {
        return header("Sec-WebSocket-Protocol", name);
    }

    /** Agrees to extensions, offered or not. */
    public SocketReply extensions(String value) {
        return header("Sec-WebSocket-Extensions", value);
    }

    /** Adds a header field to the 101. */
    public SocketReply header(String name, String value) {
        fields.add(new Head.Field(name, value));
        return this;
    }

    /** Leaves out one of the three fields that a 101 has to have. */
    public SocketReply without(String name) {
        missing.add(name.toLowerCase(Locale.ROOT));
        return this;
    }

    /** Answers the key with this value instead of the right one. */
    public SocketReply accept(String value) {
        accept = Optional.of(value);
        return this;
    }

    /** Sends everything, the head too, in pieces of so many bytes, each in a segment of its own. */
    public SocketReply splitEvery(int bytes) {
        split = bytes;
        return this;
    }

    /** Sends the 101 now. */
    public SocketReply flushHead() {
        return step(SocketSession::head);
    }

    /** Collects what is sent from here on, the 101 too if it has not left. */
    public SocketReply cork() {
        return step(SocketSession::cork);
    }

    /** Sends what was collected, all at once. */
    public SocketReply uncork() {
        return step(SocketSession::uncork);
    }

    /** Sends a frame as it is. */
    public SocketReply send(Frame frame) {
        return step(s -> s.send(frame));
    }

    /** Sends a text. */
    public SocketReply sendText(String text) {
        return send(Frame.text(text));
    }

    /** Sends a binary message. */
    public SocketReply sendBinary(byte[] bytes) {
        return send(Frame.binary(bytes));
    }

    /** Sends one text in several frames. */
    public SocketReply sendFragments(String... pieces) {
        for (int i = 0; i < pieces.length; i++) {
            Frame piece = i == 0 ? Frame.text(pieces[i]) : Frame.continuation(pieces[i]);
            send(i == pieces.length - 1 ? piece : piece.more());
        }
        return this;
    }

    /** Sends a ping. */
    public SocketReply ping(String text) {
        return send(Frame.ping(text));
    }

    /** Sends a Close frame; the script goes on. */
    public SocketReply close(int code, String reason) {
        return send(Frame.close(code, reason));
    }

    /** Sends bytes that need not be a frame, or only a part of one. */
    public SocketReply sendBytes(byte[] bytes) {
        return step(s -> s.write(bytes));
    }

    /** Sends so many binary frames of {@link Payload}, one going on where the other ended. */
    public SocketReply flood(int frames, int bytesEach) {
        return step(s -> {
            for (int i = 0; i < frames; i++) {
                s.send(Frame.binary(Payload.bytes((long) i * bytesEach, bytesEach)));
            }
        });
    }

    /** Waits for the next message, which has to be a text. */
    public SocketReply expectText() {
        return expect("a text", f -> f.opcode() == Frame.TEXT);
    }

    /** Waits for the next message, which has to be this text. */
    public SocketReply expectText(String text) {
        return expect(
                "the text " + text, f -> f.opcode() == Frame.TEXT && f.text().equals(text));
    }

    /** Waits for the next message, which has to be binary. */
    public SocketReply expectBinary() {
        return expect("a binary message", f -> f.opcode() == Frame.BINARY);
    }

    /** Waits for the next message, which has to be these bytes. */
    public SocketReply expectBinary(byte[] bytes) {
        return expect("a binary message of " + bytes.length + " bytes", f -> f.equals(Frame.binary(bytes)));
    }

    private SocketReply expect(String what, Predicate<Frame> wanted) {
        return step(s -> s.expectMessage(what, wanted));
    }

    /** Waits for the next frame of any kind, which has to be equal to this one. */
    public SocketReply expectFrame(Frame frame) {
        return step(s -> s.expectFrame(frame));
    }

    /** Waits for the peer's Close frame and takes note of all that comes before it. */
    public SocketReply expectClose() {
        return step(SocketSession::expectClose);
    }

    /** Answers pings from here on. */
    public SocketReply answerPings() {
        return step(SocketSession::answerPings);
    }

    /**
     * Sends back every text, binary and continuation frame with its FIN and RSV bits, until the peer closes. Of frames
     * beyond the first 64 MiB only heads are recorded.
     */
    public SocketReply echo() {
        return step(SocketSession::echo);
    }

    /** Gives every message to a handler until the peer closes. */
    public SocketReply serve(Handler handler) {
        return step(s -> s.serve(handler));
    }

    /** Reads no further from here on, so that the peer has to wait. */
    public SocketReply stopReading() {
        return step(s -> s.reading(false));
    }

    /** Goes on reading. */
    public SocketReply resumeReading() {
        return step(s -> s.reading(true));
    }

    /** Waits until the test opens the gate. */
    public SocketReply await(Gate gate) {
        return step(s -> s.await(gate));
    }

    /** Closes the connection (FIN) here, without a Close frame. */
    public SocketReply cut() {
        return step(SocketSession::cut);
    }

    /** Resets the connection (RST) here. */
    public SocketReply reset() {
        return step(SocketSession::reset);
    }

    /** Says nothing more until the peer gives up or the upstream is closed. */
    public SocketReply stall() {
        return flushHead().step(s -> new CountDownLatch(1).await());
    }

    private SocketReply step(Step step) {
        steps.add(step);
        return this;
    }

    /** The head of the 101. */
    byte[] head(String key) {
        List<Head.Field> all = new ArrayList<>();
        all.add(new Head.Field("Upgrade", "websocket"));
        all.add(new Head.Field("Connection", "Upgrade"));
        all.add(new Head.Field("Sec-WebSocket-Accept", accept.orElseGet(() -> Handshake.accept(key))));
        all.removeIf(f -> missing.contains(f.name().toLowerCase(Locale.ROOT)));
        all.addAll(fields);
        StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
        all.forEach(f -> head.append(f).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
