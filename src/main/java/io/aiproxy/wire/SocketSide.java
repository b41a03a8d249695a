package io.aiproxy.wire;

import io.aiproxy.wire.frames.CloseFrame;
import io.aiproxy.wire.frames.FrameScanner;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
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
    private boolean muted;
    private @Nullable ByteBuf farewell;

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
        if (!other().writable()) {
            context.channel().config().setAutoRead(false);
        }
        relay.heard(this, !closedBefore && incoming.closed());
    }

    private boolean writable() {
        return gone || channel().isWritable();
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
        if (gone || muted || farewell != null || other().incoming.closed()) {
            return; // it has a Close frame, or will never have one
        }
        farewell = CloseFrame.of(code, reason, client);
        farewellIfPossible();
    }

    /** Sends the Close frame that waits for the end of another frame, if that has come. */
    void farewellIfPossible() {
        ByteBuf frame = farewell;
        if (frame != null && other().incoming.betweenFrames()) {
            farewell = null;
            muted = true;
            Writes.send(ctx(), frame);
            resume();
        }
    }

    /** Whether a Close frame of the gateway's own has been sent to this side. */
    boolean toldFarewell() {
        return muted;
    }

    /** Sends what is still to be sent, and closes. */
    @SuppressWarnings("FutureReturnValueIgnored") // nothing is left to do with a failed close
    void closeBehind() {
        if (!gone && !closing) {
            closing = true;
            ctx().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Closes at once, whatever is still to be sent. */
    void closeNow() {
        if (!gone) {
            Writes.close(ctx());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        gone = true;
        farewell = null;
        relay.gone(this);
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("WebSocket connection {} failed: {}", context.channel().remoteAddress(), cause.toString());
        Writes.close(context);
    }
}
