package io.aiproxy.wire;

import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2WindowUpdateFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/2 connection to a channel. Each exchange is a stream of its own, translated to the HTTP objects that
 * {@link UpstreamHandler} knows, with HTTP/2's own flow control as back-pressure. Confined to its event loop.
 */
final class Http2Upstream extends ChannelInboundHandlerAdapter {
    /** What one stream may send before somebody has read it. */
    private static final int WINDOW = 256 * 1024;
    /**
     * What all streams together may send: without a limit of its own, because otherwise callers that do not read would
     * use it up and hold up everybody else on the connection.
     */
    private static final int CONNECTION_WINDOW = Integer.MAX_VALUE;

    private static final int DEFAULT_WINDOW = 65_535;
    private static final int MAX_HEAD = 64 * 1024;
    /** Until the server says otherwise (RFC 9113, 6.5.2 recommends at least this). */
    private static final long FIRST_MAX_STREAMS = 100;

    private final UpstreamPool pool;
    private @Nullable Channel connection;
    private @Nullable Deadline idle;
    private long maxStreams = FIRST_MAX_STREAMS;
    private int streams;
    private boolean leaving;
    private long heard;
    private boolean served;

    private Http2Upstream(UpstreamPool pool) {
        this.pool = pool;
    }

    /** Makes {@code pipeline} speak HTTP/2 and registers the connection with {@code pool}. */
    static Http2Upstream on(ChannelPipeline pipeline, UpstreamPool pool) {
        Http2Upstream handler = new Http2Upstream(pool);
        pipeline.addLast(handler.new Ears());
        pipeline.addLast(Http2FrameCodecBuilder.forClient()
                .initialSettings(Http2Settings.defaultSettings()
                        .initialWindowSize(WINDOW)
                        .maxHeaderListSize(MAX_HEAD)
                        .pushEnabled(false))
                .build());
        pipeline.addLast(new Http2MultiplexHandler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel pushed) {
                pushed.unsafe()
                        .closeForcibly(); // push is switched off; a server that pushes all the same is not listened to
            }
        }));
        pipeline.addLast(handler);
        Writes.send(pipeline.context(handler), new DefaultHttp2WindowUpdateFrame(CONNECTION_WINDOW - DEFAULT_WINDOW));
        pool.add(handler);
        return handler;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        connection = ctx.channel();
        Deadline limit = new Deadline(ctx.executor(), () -> Writes.close(ctx));
        limit.in(UpstreamPool.IDLE.toNanos()); // whoever wanted the connection may have left
        idle = limit;
    }

    /** Notices every sign of life, of whichever stream. */
    private final class Ears extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            heard++;
            ctx.fireChannelRead(message);
        }
    }

    /** A number that changes whenever the server sends something. */
    long heard() {
        return heard;
    }

    /** Whether the connection has carried an answer, so that it may have died unnoticed since. */
    boolean served() {
        return served;
    }

    /** An answer has begun. */
    void serves() {
        served = true;
    }

    boolean lost() {
        Channel channel = connection;
        return channel == null || !channel.isActive();
    }

    /** The server did not react to a request in any way: running streams may go on, new ones go elsewhere. */
    void distrust() {
        leaving = true;
        pool.remove(this);
        if (streams == 0 && idle != null) {
            idle.in(1);
        }
    }

    boolean hasRoom() {
        Channel channel = connection;
        return !leaving && streams < maxStreams && channel != null && channel.isActive();
    }

    void open(UpstreamExchange exchange) {
        Channel channel = connection;
        if (channel == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        streams++;
        if (idle != null) {
            idle.clear();
        }
        UpstreamHandler handler = new UpstreamHandler(null, this);
        new Http2StreamChannelBootstrap(channel)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel stream) {
                        stream.pipeline()
                                .addLast(new Http2StreamFrameToHttpObjectCodec(false))
                                .addLast(new Http2Answers())
                                .addLast(handler);
                    }
                })
                .open()
                .addListener((Future<Http2StreamChannel> opened) -> {
                    if (!opened.isSuccess()) {
                        ended();
                        exchange.failed(Failure.of(
                                FailureKind.UPSTREAM_DISCONNECTED,
                                "the channel (" + exchange.request().target() + ") accepts no further stream"));
                        return;
                    }
                    opened.getNow().closeFuture().addListener(closed -> ended());
                    if (exchange.cancelled()) {
                        opened.getNow().unsafe().closeForcibly();
                    } else {
                        handler.start(exchange);
                    }
                });
    }

    private void ended() {
        streams--;
        if (streams == 0 && idle != null) {
            idle.in(leaving ? 1 : UpstreamPool.IDLE.toNanos());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof Http2SettingsFrame frame) {
            Long max = frame.settings().maxConcurrentStreams();
            if (max != null) {
                maxStreams = max;
            }
        } else if (message instanceof Http2GoAwayFrame) {
            leaving = true;
            pool.remove(this);
            if (streams == 0) {
                Writes.close(ctx);
            }
        }
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        leaving = true;
        pool.remove(this);
        if (idle != null) {
            idle.end();
        }
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Writes.close(ctx);
    }
}
