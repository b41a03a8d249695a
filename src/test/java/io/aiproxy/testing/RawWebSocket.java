package io.aiproxy.testing;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A WebSocket client that hides nothing: it sends single frames exactly as it is told, sound or not, and shows single
 * frames exactly as they come. Nothing is answered on its own, neither pings nor Close frames. Every read gives up after
 * 20 seconds, so that a test fails instead of hanging.
 */
public final class RawWebSocket implements AutoCloseable {
    /** The key of handshakes that do not bring their own. */
    public static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    private final RawClient client;
    private final FrameReader frames;
    private Optional<SocketEnd> end = Optional.empty();

    private RawWebSocket(RawClient client) {
        this.client = client;
        this.frames = new FrameReader(client.reader());
    }

    /** On a connection that exists: with TLS, with a small receive buffer. No handshake yet. */
    public static RawWebSocket on(RawClient client) {
        return new RawWebSocket(client);
    }

    /** Connects to 127.0.0.1 and makes a handshake that has to succeed. */
    public static RawWebSocket open(int port, String target, String... headerLines) throws IOException {
        return open(RawClient.connect(port), target, headerLines);
    }

    /** Makes a handshake that has to succeed. */
    public static RawWebSocket open(RawClient client, String target, String... headerLines) throws IOException {
        RawWebSocket socket = on(client);
        RawClient.Answer answer = socket.handshake(target, headerLines);
        if (answer.status() != 101) {
            throw new AssertionError("The handshake was answered with " + answer.head() + answer.text());
        }
        return socket;
    }

    /**
     * Makes a handshake and shows the answer, whatever it is; an answer with 101 has to fit the key. Header lines
     * replace those that a handshake usually has.
     */
    public RawClient.Answer handshake(String target, String... headerLines) throws IOException {
        sendHandshake(target, headerLines);
        RawClient.Answer answer = client.answer();
        String key = Arrays.stream(headerLines)
                .filter(line -> is(line, "Sec-WebSocket-Key"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(KEY);
        if (answer.status() == 101 && !answer.header("Sec-WebSocket-Accept").equals(Handshake.accept(key))) {
            throw new AssertionError("The accepted key does not fit: " + answer.head());
        }
        return answer;
    }

    /** Sends a handshake without waiting for the answer, which {@link #client()} can read. */
    public RawWebSocket sendHandshake(String target, String... headerLines) throws IOException {
        String[] usual = {
            "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: " + KEY, "Sec-WebSocket-Version: 13"
        };
        String[] missing = Arrays.stream(usual)
                .filter(line ->
                        Arrays.stream(headerLines).noneMatch(given -> is(given, line.substring(0, line.indexOf(':')))))
                .toArray(String[]::new);
        String[] all = Arrays.copyOf(headerLines, headerLines.length + missing.length);
        System.arraycopy(missing, 0, all, headerLines.length, missing.length);
        client.get(target, all);
        return this;
    }

    private static boolean is(String line, String name) {
        return line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":");
    }

    /** Sends a frame as a client has to: masked, with a key of its own unless it has one. */
    public RawWebSocket send(Frame frame) throws IOException {
        return sendExactly(
                frame.masked()
                        ? frame
                        : frame.masked(ThreadLocalRandom.current().nextInt()));
    }

    /** Sends frames, each masked, in one write. */
    public RawWebSocket sendTogether(Frame... several) throws IOException {
        java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
        for (Frame frame : several) {
            all.writeBytes(frame.masked(ThreadLocalRandom.current().nextInt()).bytes());
        }
        return sendBytes(all.toByteArray());
    }

    /** Sends a frame as it is, masked or not. */
    public RawWebSocket sendExactly(Frame frame) throws IOException {
        return sendBytes(frame.bytes());
    }

    /** Sends a piece of a frame's {@link Frame#bytes()}: so it may stay half sent. The frame has to have its mask. */
    public RawWebSocket sendPart(Frame frame, int from, int to) throws IOException {
        return sendBytes(Arrays.copyOfRange(frame.bytes(), from, to));
    }

    /** Sends bytes that need not be a frame. */
    public RawWebSocket sendBytes(byte[] bytes) throws IOException {
        client.send(bytes);
        return this;
    }

    /** Sends a text. */
    public RawWebSocket text(String text) throws IOException {
        return send(Frame.text(text));
    }

    /** Sends a binary message. */
    public RawWebSocket binary(byte[] bytes) throws IOException {
        return send(Frame.binary(bytes));
    }

    /** Sends a ping. */
    public RawWebSocket ping(String text) throws IOException {
        return send(Frame.ping(text));
    }

    /** Sends a pong. */
    public RawWebSocket pong(String text) throws IOException {
        return send(Frame.pong(text));
    }

    /** Sends a Close frame; the connection stays open. */
    public RawWebSocket close(int code, String reason) throws IOException {
        return send(Frame.close(code, reason));
    }

    /** The next frame; empty when the connection ended instead, see {@link #end()}. */
    public Optional<Frame> next() {
        try {
            Optional<Frame> frame = frames.next();
            if (frame.isEmpty()) {
                ended(SocketEnd.CUT);
            } else if (frame.get().opcode() == Frame.CLOSE) {
                ended(frame.get().closing());
            }
            return frame;
        } catch (SocketTimeoutException e) {
            throw new AssertionError("Waited in vain for a frame", e);
        } catch (SocketException e) {
            ended(SocketEnd.RESET);
        } catch (IOException e) {
            ended(SocketEnd.CUT);
        }
        return Optional.empty();
    }

    private void ended(SocketEnd how) {
        if (end.isEmpty()) {
            end = Optional.of(how);
        }
    }

    /** The next frame; there has to be one. */
    public Frame frame() {
        return next().orElseThrow(() -> new AssertionError("Instead of a frame there came the end: " + end));
    }

    /** The text of the next frame, which has to be a whole text. */
    public String text() {
        return only(Frame.TEXT).text();
    }

    /** The bytes of the next frame, which has to be a whole binary message. */
    public byte[] binary() {
        return only(Frame.BINARY).payload();
    }

    private Frame only(int opcode) {
        Frame frame = frame();
        if (frame.opcode() != opcode || !frame.fin()) {
            throw new AssertionError("Expected a whole message with opcode " + opcode + ", there came " + frame);
        }
        return frame;
    }

    /** Passes over frames until the peer has sent a Close frame or has left without one. */
    public SocketEnd awaitClose() {
        while (end.isEmpty()) {
            next();
        }
        return end.orElseThrow();
    }

    /** How the peer ended, as far as it has been read. */
    public Optional<SocketEnd> end() {
        return end;
    }

    /** Blocks until the peer has closed the connection; false if a byte comes first. */
    public boolean closedByPeer() {
        return client.closedByPeer();
    }

    /** Says that nothing more will be sent, and goes on reading. */
    public RawWebSocket halfClose() throws IOException {
        client.halfClose();
        return this;
    }

    /** Closes with RST. */
    public void abort() throws IOException {
        client.reset();
    }

    /** The connection, for what has no method here. */
    public RawClient client() {
        return client;
    }

    /** Closes the connection, without a Close frame. */
    @Override
    public void close() {
        client.close();
    }
}
