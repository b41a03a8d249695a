package io.aiproxy.wire;

import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Timeouts;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of an upstream channel: an HTTP/1.1 connection, which serves one exchange after the other, or one HTTP/2
 * stream, which serves one.
 *
 * <p><b>Time.</b> One deadline moves through the phases of an exchange: head, first byte, idle; the total limit cuts
 * each of them short. While the body is held back because the client does not read, no phase runs: the silence is not
 * the channel's fault (the client's own limit runs then).
 *
 * <p><b>Ends.</b> The last content has come: the connection goes back to the pool after the current read, when it is
 * certain that nothing follows. The connection breaks: before the head the exchange fails (or starts again, if a
 * kept-alive connection was stale), after it the answer is broken off. The caller leaves or nobody wants the rest: the
 * channel is closed, which on HTTP/2 resets only the stream.
 *
 * <p>Confined to the event loop that the client's connection lives on.
 */
final class UpstreamHandler extends ChannelInboundHandlerAdapter implements UpstreamSource {
    private static final Logger LOG = LoggerFactory.getLogger(UpstreamHandler.class);

    private static final long NEVER = Long.MAX_VALUE;

    private final @Nullable UpstreamPool pool;
    private final @Nullable Http2Upstream via;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable Deadline deadline;
    private @Nullable UpstreamExchange exchange;
    private @Nullable RequestWriter writer;
    private @Nullable UpstreamAnswer answer;
    private Timeouts timeouts = Timeouts.DEFAULT;
    private long totalAt;
    private boolean reused;
    private boolean informational;
    private boolean headSeen;
    private boolean bodySeen;
    private boolean reading = true;
    private boolean reusable;
    private boolean inRead;
    private boolean release;
    private boolean failed;
    private boolean refused;
    private long heardAtStart;

    /**
     * @param home takes the connection back between exchanges; null on a stream, which is used once
     * @param via the connection of a stream; null on a connection
     */
    UpstreamHandler(@Nullable UpstreamPool home, @Nullable Http2Upstream via) {
        this.pool = home;
        this.via = via;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        deadline = new Deadline(context.executor(), this::expired);
    }

    private ChannelHandlerContext ctx() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return context;
    }

    private Deadline deadline() {
        Deadline d = deadline;
        if (d == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return d;
    }

    boolean active() {
        return ctx().channel().isActive();
    }

    /** Goes to the pool unused: whoever wanted the connection has left meanwhile. */
    void parked() {
        reusable = true;
        settle();
    }

    /** Sends the exchange's request. */
    void start(UpstreamExchange next) {
        exchange = next;
        answer = null;
        headSeen = false;
        bodySeen = false;
        informational = false;
        release = false;
        timeouts = next.request().timeouts();
        totalAt = timeouts.total().isZero()
                ? NEVER
                : next.startedNanos() + timeouts.total().toNanos();
        heardAtStart = via == null ? 0 : via.heard();
        next.onto(this);
        RequestWriter out = new RequestWriter(next.request());
        writer = out;
        phase(timeouts.head());
        out.start(ctx());
    }

    private void phase(Duration limit) {
        long end = totalAt;
        if (!limit.isZero()) {
            long at = System.nanoTime() + limit.toNanos();
            end = totalAt == NEVER || at - totalAt < 0 ? at : totalAt;
        }
        if (end == NEVER) {
            deadline().clear();
        } else {
            deadline().at(end);
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        RequestWriter out = writer;
        if (out != null && !out.done() && context.channel().isWritable()) {
            out.more(context);
            if (!headSeen) {
                phase(timeouts.head());
            }
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (exchange == null || release) {
            // Bytes that nobody asked for: the next exchange would take them for its answer.
            ReferenceCountUtil.release(message);
            abandon();
            return;
        }
        if (message instanceof HttpResponse response) {
            head(response);
        }
        if (message instanceof HttpContent content) {
            body(content);
        } else if (!(message instanceof HttpResponse)) {
            ReferenceCountUtil.release(message);
            fail(FailureKind.UPSTREAM_PROTOCOL_ERROR, "sent something that is not HTTP");
        }
    }

    private void head(HttpResponse response) {
        if (response.decoderResult().isFailure()) {
            fail(FailureKind.UPSTREAM_PROTOCOL_ERROR, "did not answer in well-formed HTTP");
            return;
        }
        if (response.status().code() == HttpResponseStatus.SWITCHING_PROTOCOLS.code()) {
            switched(response);
            return;
        }
        if (response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            informational = true;
            return;
        }
        headSeen = true;
        if (via != null) {
            via.serves();
        }
        RequestWriter out = writer;
        reusable = HttpUtil.isKeepAlive(response) && out != null && out.done();
        phase(timeouts.firstByte());
        UpstreamAnswer given = new UpstreamAnswer(this, response);
        answer = given;
        UpstreamExchange current = exchange;
        if (current != null) {
            inRead = true;
            current.answered(given);
            inRead = false;
        }
    }

    /** The connection is a WebSocket from here on; nothing is read of it before somebody takes it. */
    private void switched(HttpResponse response) {
        UpstreamExchange current = exchange;
        String problem = current == null || !current.request().handshake()
                ? "wants to change the protocol, which nobody has asked for"
                : Handshake.problem(current.request().call().head().headers(), response);
        if (problem != null || current == null) {
            fail(FailureKind.UPSTREAM_PROTOCOL_ERROR, String.valueOf(problem));
            return;
        }
        deadline().end();
        exchange = null;
        writer = null;
        PendingSocket socket = new PendingSocket(ctx(), response, timeouts.head());
        current.onto(socket);
        current.answered(socket.answer());
    }

    private void body(HttpContent content) {
        UpstreamAnswer to = answer;
        if (informational || to == null) {
            informational = informational && !(content instanceof LastHttpContent);
            content.release();
            return;
        }
        if (content.decoderResult().isFailure() || failed) {
            content.release();
            breakOff(FailureKind.STREAM_TRUNCATED, "the channel's answer is not well-formed and was cut off");
            return;
        }
        if (content instanceof LastHttpContent) {
            exchange = null;
            release = true;
            deadline().clear();
            to.offer(content);
            return;
        }
        if (content.content().isReadable()) {
            bodySeen = true;
        }
        to.offer(content);
        if (exchange != null && reading) {
            phase(bodySeen ? timeouts.idle() : timeouts.firstByte());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        UpstreamAnswer from = answer;
        if (from != null) {
            from.readComplete();
            if (!release && exchange != null && reading && !from.wanted()) {
                reading(false);
            }
        }
        if (release) {
            release = false;
            settle();
        }
    }

    @Override
    public boolean inRead() {
        return inRead;
    }

    /** The exchange is over and the current read is too. */
    private void settle() {
        answer = null;
        writer = null;
        UpstreamPool home = pool;
        if (reusable && home != null && active()) {
            reused = true;
            reading(true);
            deadline().in(UpstreamPool.IDLE.toNanos());
            home.giveBack(this);
        } else {
            Writes.close(ctx());
        }
    }

    @Override
    public void reading(boolean on) {
        if (reading == on) {
            return;
        }
        reading = on;
        if (exchange != null) {
            if (on) {
                phase(bodySeen ? timeouts.idle() : timeouts.firstByte());
            } else if (answer != null && answer.flowing()) {
                phase(Duration.ZERO);
            }
        }
        ctx().channel().config().setAutoRead(on);
    }

    @Override
    public void abandon() {
        exchange = null;
        answer = null;
        writer = null;
        reusable = false;
        deadline().end();
        Writes.close(ctx());
    }

    private void expired() {
        UpstreamExchange current = exchange;
        if (current == null) {
            Writes.close(ctx()); // idle in the pool
        } else if (!headSeen) {
            boolean silent = via != null && via.heard() == heardAtStart;
            fail(FailureKind.UPSTREAM_TIMEOUT, "did not begin to answer in time");
            if (via != null && silent) {
                via.distrust();
            }
        } else {
            breakOff(FailureKind.STREAM_TIMEOUT, "the channel fell silent, or its answer took longer than allowed");
        }
    }

    private void fail(FailureKind kind, String what) {
        UpstreamExchange current = exchange;
        abandon();
        if (current != null) {
            current.failed(Failure.of(kind, "the channel (" + current.request().target() + ") " + what));
        }
    }

    private void breakOff(FailureKind kind, String what) {
        UpstreamAnswer from = answer;
        abandon();
        if (from != null) {
            from.brokenOff(Failure.of(kind, what));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        deadline().end();
        UpstreamPool home = pool;
        if (home != null) {
            home.forget(this);
        }
        UpstreamExchange current = exchange;
        UpstreamAnswer from = answer;
        exchange = null;
        answer = null;
        if (from != null && current != null) {
            from.brokenOff(Failure.of(
                    FailureKind.STREAM_TRUNCATED, "the channel closed the connection before its answer was complete"));
        } else if (current != null && !(untouched() && current.restart())) {
            current.failed(Failure.of(
                    FailureKind.UPSTREAM_DISCONNECTED,
                    "the channel (" + current.request().target() + ") closed the connection without an answer"));
        }
        context.fireChannelInactive();
    }

    /** Whether the request may be sent once more, because the server has most likely not begun to work on it. */
    private boolean untouched() {
        if (via == null) {
            return reused;
        }
        return refused || (via.lost() && via.served() && via.heard() == heardAtStart);
    }

    /** On a stream: RFC 9113, 8.7 names the two ways to say that a request was not acted upon. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        refused |= event instanceof Http2GoAwayFrame
                || (event instanceof Http2ResetFrame reset && reset.errorCode() == Http2Error.REFUSED_STREAM.code());
        context.fireUserEventTriggered(event);
    }

    private static boolean refusal(Throwable cause) {
        return (cause instanceof Http2Exception e && e.error() == Http2Error.REFUSED_STREAM)
                || (cause instanceof Http2FrameStreamException s && s.error() == Http2Error.REFUSED_STREAM);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A reset on a body that ends with the connection would look like its regular end: remember that it was not.
        failed = true;
        refused |= refusal(cause);
        LOG.debug("Upstream connection {} failed: {}", context.channel().remoteAddress(), cause.toString());
        Writes.close(context);
    }
}
