package io.aiproxy.testing;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** A request as it arrived at the upstream, and what became of it there. */
public final class Recorded {
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final int number;
    private final int connection;
    private final int onConnection;
    private final Optional<String> serverName;
    private final Head head;
    private final AtomicLong bytesSent = new AtomicLong();
    private final CompletableFuture<Void> complete = new CompletableFuture<>();
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private final CompletableFuture<Long> hangup = new CompletableFuture<>();
    private final CompletableFuture<SocketRecord> socket = new CompletableFuture<>();
    private final long arrivedNanos = System.nanoTime();
    private volatile byte[] body = new byte[0];

    Recorded(int number, Place place, Head head) {
        this.number = number;
        this.connection = place.connection();
        this.onConnection = place.onConnection();
        this.serverName = place.serverName();
        this.head = head;
    }

    /**
     * Where a request arrived.
     *
     * @param connection number of the connection, from 1
     * @param onConnection number of the request on it, from 1
     * @param serverName SNI of the TLS handshake
     */
    record Place(int connection, int onConnection, Optional<String> serverName) {}

    /** Number of the request at this upstream, from 1. */
    public int number() {
        return number;
    }

    /** Number of the connection that it came on, from 1. */
    public int connection() {
        return connection;
    }

    /** Number of the request on its connection, from 1. */
    public int onConnection() {
        return onConnection;
    }

    /** The name asked for in the TLS handshake. */
    public Optional<String> serverName() {
        return serverName;
    }

    /** The head. */
    public Head head() {
        return head;
    }

    /** When the head had arrived, on {@link System#nanoTime()}. */
    public long arrivedNanos() {
        return arrivedNanos;
    }

    /** The method. */
    public String method() {
        return head.startLine().split(" ", 2)[0];
    }

    /** The request target byte for byte. */
    public String target() {
        String line = head.startLine();
        return line.substring(line.indexOf(' ') + 1, line.lastIndexOf(' '));
    }

    /** The target up to the question mark. */
    public String path() {
        return target().split("\\?", 2)[0];
    }

    /** The first value of a header field. */
    public Optional<String> header(String name) {
        return head.header(name);
    }

    /** All values of a header field. */
    public List<String> headers(String name) {
        return head.headers(name);
    }

    /** The body; empty until it has arrived. */
    public byte[] body() {
        return body.clone();
    }

    /** The body as UTF-8. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Head and body as one text, or what came on a WebSocket: the place to look for what must not be there. */
    public String everything() {
        SocketRecord frames = socket.getNow(new SocketRecord());
        return head.text() + new String(body, StandardCharsets.ISO_8859_1) + frames.everything();
    }

    /** What came on the WebSocket that this request opened. */
    public SocketRecord socket() {
        return await(socket, "the request to be answered with a WebSocket");
    }

    /** Body bytes that the socket has taken for the answer so far. */
    public long bytesSent() {
        return bytesSent.get();
    }

    /** Whether the peer has closed the connection before the answer was complete. */
    public boolean hungUp() {
        return hangup.isDone();
    }

    /** Blocks until the peer has closed the connection before the answer was complete; the moment in nanoseconds. */
    public long awaitHangup() {
        return await(hangup, "the peer to hang up");
    }

    /** Blocks until the script has written its last byte. */
    public void awaitAnswered() {
        await(answered, "the answer to be complete");
    }

    void await() {
        await(complete, "the request to be complete");
    }

    private <T> T await(CompletableFuture<T> future, String what) {
        try {
            return future.get(PATIENCE.toMillis(), MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new AssertionError("Waited in vain for " + what + ": " + head.startLine(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while waiting for " + what, e);
        }
    }

    void completed(byte[] wholeBody) {
        body = wholeBody;
        complete.complete(null);
    }

    void upgraded(SocketRecord opened) {
        socket.complete(opened);
    }

    boolean isComplete() {
        return complete.isDone();
    }

    void sent(int bytes) {
        bytesSent.addAndGet(bytes);
    }

    void finished() {
        answered.complete(null);
    }

    boolean isAnswered() {
        return answered.isDone();
    }

    void peerLeft() {
        hangup.complete(System.nanoTime());
    }

    @Override
    public String toString() {
        return "#" + number + " " + head.startLine();
    }
}
