package io.aiproxy.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request (or handshake) from its head to its last byte: the only object that the wire and the route share.
 *
 * <p>Confined to the event loop of the client's connection. A route that leaves the loop (a {@code threads} or
 * {@code delay} step) must not touch it before it is back; {@link #loop()} leads there.
 */
public final class Call {
    private final String id;
    private final RequestHead head;
    private Body body;
    private final long bodySize;
    private final long readyNanos;
    private final Executor loop;
    private final long startedNanos;
    private final long startedMillis;

    private boolean counted = true;
    private @Nullable Consumer<Call> whenUncounted;
    private String client;
    private Dialect dialect = Dialect.GENERIC;
    private String operation = "";
    private String model = "";
    private String template = "other";
    private List<String> groups = List.of();
    private Map<String, String> tags = Map.of();
    private @Nullable Caller caller;
    private String channel = "";
    private String credential = "";
    private long configVersion;
    private @Nullable FailureKind failure;
    private final List<Attempt> attempts = new ArrayList<>(2);
    private long channelNanos;
    private boolean gone;
    private final boolean handshake;
    private @Nullable List<Runnable> whenGone;
    private @Nullable List<Runnable> whenOver;
    private @Nullable List<Consumer<Receipt>> whenSettled;
    private @Nullable Receipt receipt;

    /**
     * @param id request id
     * @param head the head as it arrived
     * @param body the whole body
     * @param loop runs tasks on the call's event loop
     * @param started when the head had arrived
     */
    public Call(String id, RequestHead head, Body body, Executor loop, Started started) {
        this.id = id;
        this.head = head;
        this.body = body;
        this.bodySize = body.size();
        this.loop = loop;
        this.startedNanos = started.nanos;
        this.startedMillis = started.millis;
        this.readyNanos = started.readyNanos;
        this.handshake = head.asksForWebSocket();
        this.client = head.peer().getAddress() == null
                ? head.peer().getHostString()
                : head.peer().getAddress().getHostAddress();
    }

    /**
     * When a call began.
     *
     * @param nanos when the head had arrived, monotonic
     * @param millis the same on the wall clock
     * @param readyNanos when the last byte of the body had arrived, monotonic
     */
    public record Started(long nanos, long millis, long readyNanos) {}

    /** The request id. */
    public String id() {
        return id;
    }

    /** The head as it arrived. */
    public RequestHead head() {
        return head;
    }

    /** Whether the call asks for a WebSocket. */
    public boolean handshake() {
        return handshake;
    }

    /** The whole body; empty once it was dropped. */
    public Body body() {
        return body;
    }

    /** Length of the body as it arrived, also after it was dropped. */
    public long bodySize() {
        return bodySize;
    }

    /** Lets go of the body, because no further attempt will need it. */
    public void dropBody() {
        body = Body.EMPTY;
    }

    /** When the last byte of the request had arrived, on the monotonic clock: from here on time is the gateway's. */
    public long readyNanos() {
        return readyNanos;
    }

    /** Runs tasks on the event loop of the client's connection. */
    public Executor loop() {
        return loop;
    }

    /** When the head had arrived, on the monotonic clock. */
    public long startedNanos() {
        return startedNanos;
    }

    /** When the head had arrived, on the wall clock. */
    public long startedMillis() {
        return startedMillis;
    }

    /** Whether the call belongs into statistics and the access log; operational pages do not. */
    public boolean counted() {
        return counted;
    }

    /** Keeps the call out of statistics and the access log. */
    public void uncounted() {
        if (!counted) {
            return;
        }
        counted = false;
        if (whenUncounted != null) {
            whenUncounted.accept(this);
        }
    }

    /** Whoever counts calls wants to know if this one turns out to be none that counts. Set by the wire, before the route. */
    public void whenUncounted(Consumer<Call> action) {
        whenUncounted = action;
    }

    /** The client's address as text: the connection's peer until {@code authenticate} has looked behind trusted proxies. */
    public String client() {
        return client;
    }

    /** Sets the client's address. */
    public void client(String address) {
        this.client = address;
    }

    /** The API family spoken. */
    public Dialect dialect() {
        return dialect;
    }

    /** Sets the API family. */
    public void dialect(Dialect value) {
        this.dialect = value;
    }

    /** The call within the dialect, e.g. {@code chat}; empty when unknown. */
    public String operation() {
        return operation;
    }

    /** Sets the operation. */
    public void operation(String value) {
        this.operation = value;
    }

    /** The model asked for; empty when the request names none. */
    public String model() {
        return model;
    }

    /** Sets the model. */
    public void model(String value) {
        this.model = value;
    }

    /** The path with placeholders for what callers choose; {@code other} while it is not a known one. */
    public String template() {
        return template;
    }

    /** Sets the path's template. */
    public void template(String value) {
        this.template = value;
    }

    /** Ids of the caller's groups. */
    public List<String> groups() {
        return groups;
    }

    /** Sets the caller's groups. */
    public void groups(List<String> ids) {
        this.groups = ids;
    }

    /** What the caller says of the call with header fields that the configuration allows as tags. */
    public Map<String, String> tags() {
        return tags;
    }

    /** Sets the tags. */
    public void tags(Map<String, String> values) {
        this.tags = values;
    }

    /** Who calls, or null before authentication. */
    public @Nullable Caller caller() {
        return caller;
    }

    /** Sets who calls. */
    public void caller(Caller value) {
        this.caller = value;
    }

    /** The id of the channel of the latest attempt; empty before the first. */
    public String channel() {
        return channel;
    }

    /** The name of the credential of the latest attempt. */
    public String credential() {
        return credential;
    }

    /** Notes where the next attempt goes. */
    public void heading(String toChannel, String withCredential) {
        this.channel = toChannel;
        this.credential = withCredential;
    }

    /** The configuration snapshot's version that serves this call. */
    public long configVersion() {
        return configVersion;
    }

    /** Sets the snapshot's version. */
    public void configVersion(long value) {
        this.configVersion = value;
    }

    /** What went wrong, or null. */
    public @Nullable FailureKind failure() {
        return failure;
    }

    /** Notes what went wrong; the latest word counts. */
    public void failure(FailureKind kind) {
        this.failure = kind;
    }

    /** Every try so far, in order. */
    public List<Attempt> attempts() {
        return attempts;
    }

    /** Books a try and the time that it kept the call waiting. */
    public void attempted(Attempt attempt) {
        attempts.add(attempt);
        channelNanos += attempt.endedNanos() - attempt.startedNanos();
    }

    /** Books time spent waiting on purpose (back-off), so that it does not count as the gateway's overhead. */
    public void waited(long nanos) {
        channelNanos += nanos;
    }

    /** Nanoseconds spent waiting for channels so far. */
    public long channelNanos() {
        return channelNanos;
    }

    /** Whether the caller has hung up. */
    public boolean gone() {
        return gone;
    }

    /** Runs {@code action} when the caller hangs up before the answer is complete; at once if that has happened. */
    public void whenGone(Runnable action) {
        if (gone) {
            action.run();
            return;
        }
        if (whenGone == null) {
            whenGone = new ArrayList<>(2);
        }
        whenGone.add(action);
    }

    /** The answer is complete as far as hanging up goes: what waited for that is let go. Called by the wire. */
    public void answered() {
        whenGone = null;
    }

    /** Runs {@code action} when the call is over, whatever became of it: its receipt is written. At once if that has happened. */
    public void whenOver(Runnable action) {
        if (receipt != null) {
            action.run();
            return;
        }
        if (whenOver == null) {
            whenOver = new ArrayList<>(1);
        }
        whenOver.add(action);
    }

    /** As {@link #whenOver}, with the receipt. */
    public void whenSettled(Consumer<Receipt> action) {
        Receipt written = receipt;
        if (written != null) {
            action.accept(written);
            return;
        }
        if (whenSettled == null) {
            whenSettled = new ArrayList<>(2);
        }
        whenSettled.add(action);
    }

    /** The call is over: runs what was registered. Called by the wire, on the event loop, once. */
    public void over(Receipt written) {
        receipt = written;
        List<Runnable> actions = whenOver;
        List<Consumer<Receipt>> settling = whenSettled;
        whenOver = null;
        whenSettled = null;
        if (actions != null) {
            actions.forEach(Runnable::run);
        }
        if (settling != null) {
            settling.forEach(action -> action.accept(written));
        }
    }

    /** The caller has hung up: runs what was registered. Called by the wire, on the event loop, at most once. */
    public void hangUp() {
        gone = true;
        List<Runnable> actions = whenGone;
        whenGone = null;
        if (actions != null) {
            actions.forEach(Runnable::run);
        }
    }
}
