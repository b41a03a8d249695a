package io.aiproxy.testing;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufInputStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.util.ReferenceCountUtil;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A provider that speaks HTTP/2 over TLS, chosen by ALPN, on 127.0.0.1. Every request becomes an {@link Http2Exchange},
 * which a test takes with {@link #next()} and answers step by step, or which an automatic answer serves.
 */
public final class Http2Upstream implements AutoCloseable {
    private final EventLoopGroup loops = new NioEventLoopGroup(1);
    private final SslContext tls;
    private final Channel socket;
    private final List<Channel> connections = new CopyOnWriteArrayList<>();
    private final List<Http2Exchange> all = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Http2Exchange> fresh = new LinkedBlockingQueue<>();
    private volatile Http2Settings settings = Http2Settings.defaultSettings();
    private volatile Consumer<Http2Exchange> automatic = exchange -> {};
    private volatile boolean readsBodies = true;

    private Http2Upstream(TestCa.Identity identity) {
        try {
            tls = SslContextBuilder.forServer(in(identity.certificatePem()), in(identity.keyPem()))
                    .ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            ApplicationProtocolNames.HTTP_2))
                    .build();
            socket = new ServerBootstrap()
                    .group(loops)
                    .channel(NioServerSocketChannel.class)
                    .childHandler(new Accepted())
                    .bind(InetAddress.getByName("127.0.0.1"), 0)
                    .syncUninterruptibly()
                    .channel();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteArrayInputStream in(String pem) {
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }

    /** Starts on a free port. */
    public static Http2Upstream start(TestCa.Identity identity) {
        return new Http2Upstream(identity);
    }

    /** {@code https://localhost:port}. */
    public String baseUrl() {
        return "https://localhost:" + port();
    }

    /** The port. */
    public int port() {
        return ((InetSocketAddress) socket.localAddress()).getPort();
    }

    /** How many streams a new connection may have at once. */
    public Http2Upstream maxStreams(long max) {
        settings = Http2Settings.defaultSettings().maxConcurrentStreams(max);
        return this;
    }

    /** Whether request bodies are read at all. */
    public Http2Upstream readsBodies(boolean yes) {
        readsBodies = yes;
        return this;
    }

    /** Serves every complete request from now on; such requests are not given out by {@link #next()}. */
    public Http2Upstream always(Consumer<Http2Exchange> script) {
        automatic = script;
        return this;
    }

    /** The next request whose head has arrived; waits for it. */
    public Http2Exchange next() {
        try {
            Http2Exchange exchange = fresh.poll(20, TimeUnit.SECONDS);
            if (exchange == null) {
                throw new AssertionError("No request has come");
            }
            return exchange;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Every request since the last {@link #reset()}. */
    public List<Http2Exchange> requests() {
        return List.copyOf(all);
    }

    /** Connections that are open. */
    public long openConnections() {
        return connections.stream().filter(Channel::isActive).count();
    }

    /** Connections ever accepted. */
    public int connections() {
        return connections.size();
    }

    /** Forgets everything and closes all connections. */
    public void reset() {
        settings = Http2Settings.defaultSettings();
        automatic = exchange -> {};
        readsBodies = true;
        connections.forEach(c -> c.close().syncUninterruptibly());
        all.clear();
        fresh.clear();
    }

    /** Closes all connections without a word. */
    public void cutConnections() {
        connections.forEach(c -> c.eventLoop().execute(() -> c.unsafe().closeForcibly()));
    }

    @Override
    public void close() {
        socket.close().syncUninterruptibly();
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    /** Sets up a connection. */
    private final class Accepted extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            connections.add(channel);
            int number = connections.size();
            channel.pipeline().addLast(tls.newHandler(channel.alloc()), new Protocol(number));
        }
    }

    /** Begins to speak HTTP/2 when TLS is up. */
    private final class Protocol extends ApplicationProtocolNegotiationHandler {
        private final int number;

        Protocol(int number) {
            super(ApplicationProtocolNames.HTTP_1_1);
            this.number = number;
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            if (!protocol.equals(ApplicationProtocolNames.HTTP_2)) {
                ctx.close();
                return;
            }
            ctx.pipeline()
                    .addLast(Http2FrameCodecBuilder.forServer()
                            .initialSettings(settings)
                            .build())
                    .addLast(new Http2MultiplexHandler(new ChannelInitializer<Http2StreamChannel>() {
                        @Override
                        protected void initChannel(Http2StreamChannel stream) {
                            stream.config().setAutoRead(readsBodies);
                            stream.pipeline().addLast(new Frames(new Http2Exchange(stream, number)));
                        }
                    }));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }

    /** Notes what comes on a stream. */
    private final class Frames extends ChannelInboundHandlerAdapter {
        private final Http2Exchange exchange;

        Frames(Http2Exchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            ctx.read(); // the head, even if bodies are not read
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws IOException {
            try {
                if (message instanceof Http2HeadersFrame head) {
                    exchange.head(head.headers());
                    all.add(exchange);
                    fresh.add(exchange);
                    finish(head.isEndStream());
                } else if (message instanceof Http2DataFrame data) {
                    exchange.body(new ByteBufInputStream(data.content()).readAllBytes());
                    finish(data.isEndStream());
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        private void finish(boolean end) {
            if (end) {
                exchange.complete();
                automatic.accept(exchange);
            }
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof Http2ResetFrame reset) {
                exchange.resetBy(reset.errorCode());
                ctx.channel().config().setAutoRead(true); // lets go of what was never read
            }
            ReferenceCountUtil.release(event);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            exchange.closed();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
