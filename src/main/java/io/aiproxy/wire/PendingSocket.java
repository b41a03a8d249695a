package io.aiproxy.wire;

import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection whose channel has accepted a WebSocket handshake, until somebody carries the WebSocket. Reads nothing more,
 * keeps what had come already, be it the end, and is closed if nobody comes in time. Confined to its event loop.
 */
final class PendingSocket extends ChannelInboundHandlerAdapter implements UpstreamSource {
    private static final Logger LOG = LoggerFactory.getLogger(PendingSocket.class);

    private final ChannelHandlerContext before;
    private final Deadline deadline;
    private final UpstreamAnswer answer;
    private final Deque<ByteBuf> early = new ArrayDeque<>(2);
    private boolean taken;
    private boolean ended;

    /**
     * Takes the place of {@code handler}.
     *
     * @param limit how long it waits for somebody
     */
    PendingSocket(ChannelHandlerContext handler, HttpResponse response, Duration limit) {
        this.answer = new UpstreamAnswer(this, response);
        this.deadline = new Deadline(handler.executor(), this::abandon);
        handler.channel().config().setAutoRead(false);
        // An end that has come already must not take away what came before it.
        handler.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        handler.pipeline().replace(handler.handler(), null, this);
        // Nothing of HTTP will be sent here any more; frames must not meet the encoder.
        handler.pipeline().get(HttpClientCodec.class).removeOutboundHandler();
        this.before = handler.pipeline().context(HttpClientCodec.class);
        deadline.in(limit.toNanos());
    }

    UpstreamAnswer answer() {
        return answer;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf frames) {
            early.add(frames);
        } else {
            ReferenceCountUtil.release(message); // the empty end of the 101
        }
    }

    /** Gives the WebSocket to another handler: when {@code inPlace} has run, that gets what had come and what comes. */
    void handOver(ChannelInboundHandler next, Runnable inPlace) {
        taken = true;
        deadline.end();
        ChannelPipeline pipeline = before.pipeline();
        pipeline.replace(this, null, next);
        inPlace.run();
        early.forEach(before::fireChannelRead);
        early.clear();
        before.fireChannelReadComplete();
        pipeline.remove(HttpClientCodec.class); // what it still holds goes on to the next handler
        if (ended) {
            pipeline.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    @Override
    public void reading(boolean on) {
        // nothing is read before somebody takes it
    }

    @Override
    public boolean inRead() {
        return false;
    }

    @Override
    public void abandon() {
        end(null);
        Writes.close(before);
    }

    private void end(@Nullable Failure failure) {
        deadline.end();
        early.forEach(ByteBuf::release);
        early.clear();
        if (!taken) {
            taken = true;
            answer.brokenOff(
                    failure != null
                            ? failure
                            : Failure.of(
                                    FailureKind.UPSTREAM_TIMEOUT, "nobody has taken the channel's WebSocket in time"));
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        ended |= event instanceof ChannelInputShutdownEvent;
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        end(Failure.of(FailureKind.UPSTREAM_DISCONNECTED, "the channel has closed the WebSocket at once"));
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("Upstream connection {} failed: {}", context.channel().remoteAddress(), cause.toString());
        Writes.close(context);
    }
}
