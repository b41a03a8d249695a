package io.aiproxy.wire;

import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;

/**
 * The only way bytes are written. A write whose failure nobody sees is how streams die silently: through here a failed
 * write reaches {@code exceptionCaught}, which closes the connection.
 */
final class Writes {
    private Writes() {}

    /** Queues {@code message}; nothing is sent before a flush. */
    @SuppressWarnings("FutureReturnValueIgnored") // a void promise reports to exceptionCaught
    static void queue(ChannelHandlerContext ctx, Object message) {
        ctx.write(message, ctx.voidPromise());
    }

    /** Queues {@code message} and flushes. */
    @SuppressWarnings("FutureReturnValueIgnored") // a void promise reports to exceptionCaught
    static void send(ChannelHandlerContext ctx, Object message) {
        ctx.writeAndFlush(message, ctx.voidPromise());
    }

    /** Queues {@code message}, flushes, and tells {@code listener} when it has left or failed. */
    @SuppressWarnings("FutureReturnValueIgnored") // the listener is told
    static void send(ChannelHandlerContext ctx, Object message, ChannelFutureListener listener) {
        ctx.writeAndFlush(message).addListener(listener);
    }

    /** Closes the connection. */
    @SuppressWarnings("FutureReturnValueIgnored") // nothing is left to do with a failed close
    static void close(ChannelHandlerContext ctx) {
        ctx.close();
    }
}
