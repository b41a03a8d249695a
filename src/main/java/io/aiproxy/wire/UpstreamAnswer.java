package io.aiproxy.wire;

import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Headers;
import io.netty.channel.ChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A channel's answer: its head, and its body, which does not flow before somebody says where to.
 *
 * <p>Whoever receives it must either let it flow ({@link ServerCall#relay}) or {@link #discard} it. Confined to the
 * call's event loop.
 */
public final class UpstreamAnswer implements ServerCall.Source {
    /** An unwanted answer up to this size is read to its end, to keep the connection; a longer one costs the connection. */
    private static final long DRAIN_LIMIT = 64 * 1024;

    /** What happens to the body. */
    private enum State {
        HELD,
        FLOWING,
        DISCARDED
    }

    private final UpstreamSource handler;
    private final HttpResponseStatus status;
    private final HttpHeaders headers;
    private final long length;
    private final ArrayDeque<HttpContent> held = new ArrayDeque<>(2);
    private State state = State.HELD;
    private @Nullable AnswerSink sink;
    private @Nullable Failure broken;
    private @Nullable Consumer<byte[]> peeker;
    private int peekWanted;
    private int heldBytes;
    private long discarded;
    private boolean complete;

    UpstreamAnswer(UpstreamSource handler, HttpResponse response) {
        this.handler = handler;
        this.status = response.status();
        this.headers = response.headers();
        this.length = HttpUtil.getContentLength(response, -1L);
    }

    /** HTTP status. */
    public int status() {
        return status.code();
    }

    /** The header fields; valid until the answer flows. */
    public Headers headers() {
        return new NettyHeaders(headers);
    }

    HttpResponseStatus statusLine() {
        return status;
    }

    /** The fields themselves, to be changed and sent on. */
    HttpHeaders takeHeaders() {
        return headers;
    }

    /** Whether this is a 101: the connection has become a WebSocket. */
    public boolean isSocket() {
        return handler instanceof PendingSocket;
    }

    /** Why the answer cannot be relayed any more; null while it can. */
    @Nullable
    Failure broken() {
        return broken;
    }

    /** Gives the WebSocket to {@code next}, which gets everything that comes of it after {@code inPlace} has run. */
    void handOver(ChannelInboundHandler next, Runnable inPlace) {
        if (!(handler instanceof PendingSocket socket)) {
            throw new IllegalStateException("not a WebSocket");
        }
        state = State.FLOWING;
        socket.handOver(next, inPlace);
    }

    /** Whether somebody waits for bytes of the body, be it only to see them go by. */
    boolean wanted() {
        return state != State.HELD || peeker != null;
    }

    /** The caller has left before anybody let the body flow: the provider must not go on working for nobody. */
    void callerGone() {
        if (state == State.HELD && !complete && broken == null) {
            handler.abandon();
            brokenOff(Failure.of(FailureKind.CLIENT_CLOSED_REQUEST, "the caller has hung up"));
        }
    }

    boolean flowing() {
        return state == State.FLOWING;
    }

    /**
     * Calls back, once, with the first bytes of the body: when {@code max} bytes are there or the body has ended. They
     * remain part of the body.
     */
    public void peek(int max, Consumer<byte[]> callback) {
        peekWanted = max;
        peeker = callback;
        if (!answerPeek()) {
            handler.reading(true);
        }
    }

    private boolean answerPeek() {
        Consumer<byte[]> callback = peeker;
        if (callback == null) {
            return true;
        }
        if (heldBytes < peekWanted && !complete && broken == null) {
            return false;
        }
        peeker = null;
        if (!complete && broken == null) {
            handler.reading(false); // a complete answer's connection may serve somebody else by now
        }
        byte[] bytes = new byte[Math.min(heldBytes, peekWanted)];
        int at = 0;
        for (HttpContent content : held) {
            int n = Math.min(content.content().readableBytes(), bytes.length - at);
            content.content().getBytes(content.content().readerIndex(), bytes, at, n);
            at += n;
        }
        callback.accept(bytes);
        return true;
    }

    /** Lets the body flow. */
    void flowTo(AnswerSink to, boolean writable) {
        state = State.FLOWING;
        sink = to;
        HttpContent content = held.poll();
        while (content != null) {
            deliver(to, content);
            content = held.poll();
        }
        Failure failure = broken;
        if (failure != null) {
            to.broken(failure);
        } else if (!complete) {
            if (!handler.inRead()) {
                to.flush(); // otherwise the end of the current read does it, for head and first bytes in one write
            }
            handler.reading(writable);
        }
    }

    /** The body is not wanted. */
    public void discard() {
        if (state == State.DISCARDED) {
            return;
        }
        state = State.DISCARDED;
        held.forEach(HttpContent::release);
        held.clear();
        if (complete || broken != null) {
            return;
        }
        if (length < 0 || length > DRAIN_LIMIT || isSocket()) {
            handler.abandon();
        } else {
            handler.reading(true);
        }
    }

    @Override
    public void writable(boolean yes) {
        handler.reading(yes);
    }

    @Override
    public void cancel() {
        state = State.DISCARDED;
        if (!complete) {
            handler.abandon();
        }
    }

    /** More of the body, from the handler. */
    void offer(HttpContent content) {
        boolean last = content instanceof LastHttpContent;
        complete |= last;
        AnswerSink to = sink;
        if (state == State.FLOWING && to != null) {
            deliver(to, content);
        } else if (state == State.HELD) {
            heldBytes += content.content().readableBytes();
            held.add(content);
            answerPeek();
        } else {
            discarded += content.content().readableBytes();
            content.release();
            if (discarded > DRAIN_LIMIT && !last) {
                handler.abandon();
            }
        }
    }

    private static void deliver(AnswerSink to, HttpContent content) {
        if (content instanceof LastHttpContent last) {
            to.end(last);
        } else {
            to.content(content);
        }
    }

    void readComplete() {
        AnswerSink to = sink;
        if (state == State.FLOWING && to != null && !complete) {
            to.flush();
        }
    }

    /** The body will not be complete. */
    void brokenOff(Failure failure) {
        broken = failure;
        AnswerSink to = sink;
        if (state == State.FLOWING && to != null) {
            to.broken(failure);
        } else {
            answerPeek();
        }
    }
}
