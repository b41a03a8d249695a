package io.aiproxy.wire;

import io.aiproxy.wire.frames.CloseFrame;
import io.aiproxy.wire.frames.FrameScanner;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of the two connections of a WebSocket: what arrives here goes to the other one, as the very bytes that arrived. When
 * the other one's buffer is full, nothing more is read here.
 *
 * <p>Confined to the event loop that both connections live on.
 */
final class SocketSide extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(SocketSide.class);

    /** How long a peer has to close a connection on which nothing more is sent to it. */
    private static final long LINGER_SECONDS = 3;

    private final SocketRelay relay;
    private final FrameScanner incoming;
    private final boolean client;
    private @Nullable SocketSide other;
    private @Nullable ChannelHandlerContext ctx;
    private long bytes;
    private long toldFrames;
    private long toldBytes;
    private boolean gone;
    private boolean closing;
    private boolean finished;
    private boolean muted;
    private boolean last;
    private boolean inputOver;
    private @Nullable ByteBuf farewell;
    private @Nullable ScheduledFuture<?> linger;

    /**
     * @param incoming follows the frames that come from this side
     * @param client whether the gateway is the client on this connection, whose own frames must be masked
     */
    SocketSide(SocketRelay relay, FrameScanner incoming, boolean client) {
        this.relay = relay;
        this.incoming = incoming;
        this.client = client;
    }

    void link(SocketSide side) {
        other = side;
    }

    private SocketSide other() {
        SocketSide side = other;
        if (side == null) {
            throw new IllegalStateException("not linked");
        }
        return side;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        // Whoever ends its side behind its Close frame still gets the answer to it.
        context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    private ChannelHandlerContext ctx() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return context;
    }

    private Channel channel() {
        return ctx().channel();
    }

    FrameScanner incoming() {
        return incoming;
    }

    /** Whether the connection is closed. */
    boolean gone() {
        return gone;
    }

    /** Bytes that arrived here and were passed on. */
    long bytes() {
        return bytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf in)) {
            ReferenceCountUtil.release(message); // the end of the handshake, from the HTTP decoder
            return;
        }
        boolean closedBefore = incoming.closed();
        ByteBuf out = incoming.pass(in);
        if (out != null) {
            bytes += out.readableBytes();
            other().send(out);
        }
        if (!other().takes()) {
            context.channel().config().setAutoRead(false);
        }
        relay.heard(this, !closedBefore && incoming.closed());
        if (finished && incoming.closed()) {
            Writes.close(context);
        }
    }

    /** Whether more may be sent to this side, or dropped because nothing is sent there any more. */
    private boolean takes() {
        return gone || muted || channel().isWritable();
    }

    private void send(ByteBuf bytesToSend) {
        if (gone || muted) {
            bytesToSend.release();
        } else {
            Writes.queue(ctx(), bytesToSend);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        SocketSide to = other();
        if (!to.gone) {
            to.ctx().flush();
        }
        relay.carried(this, incoming.frames() - toldFrames, bytes - toldBytes);
        toldFrames = incoming.frames();
        toldBytes = bytes;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            other().resume();
        }
    }

    private void resume() {
        if (!gone) {
            channel().config().setAutoRead(true);
        }
    }

    /** Reads from here on. */
    void start() {
        channel().config().setAutoRead(true);
    }

    /**
     * Ends the conversation with this side by a Close frame of the gateway's own: at once, or behind the frame that is being
     * sent to it. What comes for it later is dropped; what comes from it is read until its own Close frame.
     */
    void bidFarewell(int code, String reason) {
        if (gone || closing || muted || farewell != null || other().incoming.closed()) {
            return; // it has a Close frame, or will never have one
        }
        farewell = CloseFrame.of(code, reason, client);
        other().incoming.stop();
        farewellIfPossible();
    }

    /** Sends the Close frame that waits for the end of another frame, if that has come. */
    void farewellIfPossible() {
        ByteBuf frame = farewell;
        if (frame != null && other().incoming.betweenFrames()) {
            farewell = null;
            muted = true;
            Writes.send(ctx(), frame);
            other().resume();
            if (last) {
                closeBehind();
            }
        }
    }

    /** Whether a Close frame of the gateway's own has been sent to this side. */
    boolean toldFarewell() {
        return muted;
    }

    /** As {@link #closeBehind}, but not before the gateway's own Close frame was sent, if one is waiting to be. */
    void closeBehindFarewell() {
        if (farewell == null) {
            closeBehind();
        } else {
            last = true;
        }
    }

    /**
     * Sends what is still to be sent, and closes. A peer that has not closed itself may be sending: were the connection
     * closed under its hands, it would be reset, and what the peer has not read yet would be lost. So it is told that
     * nothing more comes, and has a moment to close.
     */
    @SuppressWarnings("FutureReturnValueIgnored") // the listener is told
    void closeBehind() {
        if (gone || closing) {
            return;
        }
        closing = true;
        farewell = null;
        resume();
        ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            finished = true;
            if (incoming.closed() || inputOver || !written.isSuccess()) {
                closeNow();
            } else {
                finish();
            }
        });
    }

    private void finish() {
        linger = ctx().executor().schedule(this::closeNow, LINGER_SECONDS, TimeUnit.SECONDS);
        SslHandler tls = ctx().pipeline().get(SslHandler.class);
        ChannelFuture told = tls != null ? tls.closeOutbound() : ((DuplexChannel) channel()).shutdownOutput();
        told.addListener(f -> {
            if (!f.isSuccess()) {
                closeNow();
            }
        });
    }

    /** Closes at once, whatever is still to be sent. */
    void closeNow() {
        if (!gone) {
            Writes.close(ctx());
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent
                || (event instanceof SslCloseCompletionEvent tls && tls.isSuccess())) {
            inputOver = true;
            boolean answerDue = incoming.closed() && !other().incoming.closed() && !other().gone && !muted;
            if (finished || !(closing || answerDue)) {
                Writes.close(context);
            }
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        gone = true;
        farewell = null;
        ScheduledFuture<?> pending = linger;
        if (pending != null) {
            pending.cancel(false);
        }
        relay.gone(this);
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("WebSocket connection {} failed: {}", context.channel().remoteAddress(), cause.toString());
        Writes.close(context);
    }
}
