package io.aiproxy.wire;

import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Origin;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Target;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.proxy.HttpProxyHandler;
import io.netty.handler.proxy.ProxyConnectionEvent;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Makes one connection to a target: resolves its name, connects (through the egress proxy if there is one), shakes hands,
 * learns the protocol. One limit of time holds for all of it. Confined to one event loop; used once.
 */
final class UpstreamConnector {
    private static final int MAX_HEAD = 64 * 1024;

    private final Target target;
    private final Duration limit;
    private final boolean tunnels;
    private final UpstreamTls tls;
    private final DnsAddressResolverGroup resolver;
    private @Nullable Outcome outcome;
    private @Nullable ScheduledFuture<?> timer;
    private @Nullable Channel channel;

    /** What comes of it; exactly one of these is called, on the event loop. */
    interface Outcome {
        void http1(ChannelPipeline pipeline);

        void http2(ChannelPipeline pipeline);

        void failed(Failure failure);
    }

    UpstreamConnector(UpstreamRequest request, UpstreamTls tls, DnsAddressResolverGroup resolver) {
        this.target = request.target();
        this.limit = request.timeouts().connect();
        // RFC 6455, 4.1: a WebSocket goes through a proxy by CONNECT even without TLS
        this.tunnels = request.target().origin().tls() || request.handshake();
        this.tls = tls;
        this.resolver = resolver;
    }

    void connect(EventLoop loop, Outcome to) {
        outcome = to;
        if (!limit.isZero()) {
            timer = loop.schedule(this::tooLate, limit.toNanos(), TimeUnit.NANOSECONDS);
        }
        Target.Egress egress = target.egress().orElse(null);
        if (egress == null) {
            Origin origin = target.origin();
            InetSocketAddress address = InetSocketAddress.createUnresolved(origin.host(), origin.port());
            later(loop, () -> open(loop, address, null));
            return;
        }
        // The proxy's own name is resolved here; the target's name is left to the proxy.
        InetSocketAddress proxy = InetSocketAddress.createUnresolved(egress.host(), egress.port());
        resolver.getResolver(loop).resolve(proxy).addListener((Future<InetSocketAddress> found) -> {
            if (outcome == null) {
                return; // too late: nobody would limit or use the connection
            }
            if (found.isSuccess()) {
                later(loop, () -> open(loop, found.getNow(), egress));
            } else {
                fail(found.cause());
            }
        });
    }

    /**
     * Not in the middle of the events that the loop has just fetched. With epoll these name a file descriptor: when a
     * connection is closed on the way through them and its number given to a new one, what is still to come for the old
     * one would be taken for the new one's, which then fails with a NotYetConnectedException.
     */
    private void later(EventLoop loop, Runnable connect) {
        loop.execute(() -> {
            if (outcome != null) {
                connect.run();
            }
        });
    }

    private void open(EventLoop loop, InetSocketAddress address, Target.@Nullable Egress egress) {
        boolean tunnel = egress != null && tunnels;
        SocketAddress remote = tunnel
                ? InetSocketAddress.createUnresolved(
                        target.origin().host(), target.origin().port())
                : address;
        AddressResolverGroup<?> names = egress != null ? NoopAddressResolverGroup.INSTANCE : resolver;
        ChannelFuture connecting = new Bootstrap()
                .group(loop)
                .channel(EventLoops.clientChannel())
                .resolver(names)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 128 * 1024))
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel made) {
                        channel = made;
                        if (tunnel && egress != null) {
                            made.pipeline().addLast(proxyHandler(address, egress));
                        }
                        if (target.origin().tls()) {
                            secure(made);
                        } else if (tunnel) {
                            made.pipeline().addLast(new Tunnelled());
                        }
                    }
                })
                .connect(remote);
        connecting.addListener(f -> {
            if (!f.isSuccess()) {
                fail(f.cause());
            } else if (!target.origin().tls() && !tunnel) {
                plain(connecting.channel().pipeline());
            }
        });
    }

    private static HttpProxyHandler proxyHandler(InetSocketAddress address, Target.Egress egress) {
        String user = egress.user().orElse(null);
        HttpProxyHandler handler = user == null
                ? new HttpProxyHandler(address)
                : new HttpProxyHandler(
                        address, user, egress.password().map(Secret::reveal).orElse(""));
        handler.setConnectTimeoutMillis(0); // the connector's own limit holds
        return handler;
    }

    private void secure(Channel made) {
        SslHandler handler = tls.context(target)
                .newHandler(
                        made.alloc(), target.tls().serverName(), target.origin().port());
        handler.setHandshakeTimeoutMillis(0); // the connector's own limit holds
        made.pipeline().addLast(handler).addLast(new Negotiated());
    }

    private void plain(ChannelPipeline pipeline) {
        Outcome to = done();
        if (to == null) {
            pipeline.channel().unsafe().closeForcibly();
            return;
        }
        pipeline.addLast(codec());
        to.http1(pipeline);
    }

    private static HttpClientCodec codec() {
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_HEAD)
                .setMaxHeaderSize(MAX_HEAD)
                .setMaxChunkSize(64 * 1024)
                .setValidateHeaders(false);
        return new HttpClientCodec(config, false, false);
    }

    /** Continues when the proxy has made the tunnel; with TLS, the handshake through it is waited for instead. */
    private final class Tunnelled extends ChannelInboundHandlerAdapter {
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event instanceof ProxyConnectionEvent) {
                ChannelPipeline pipeline = ctx.pipeline();
                pipeline.remove(this);
                plain(pipeline);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            fail(new ClosedChannelException());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fail(cause);
            Writes.close(ctx);
        }
    }

    /** Continues when TLS is up and ALPN has decided. */
    private final class Negotiated extends ApplicationProtocolNegotiationHandler {
        Negotiated() {
            super(ApplicationProtocolNames.HTTP_1_1);
        }

        @Override
        protected void configurePipeline(ChannelHandlerContext ctx, String protocol) {
            if (!ApplicationProtocolNames.HTTP_2.equals(protocol)) {
                plain(ctx.pipeline());
                return;
            }
            Outcome to = done();
            if (to == null) {
                Writes.close(ctx);
            } else {
                to.http2(ctx.pipeline());
            }
        }

        @Override
        protected void handshakeFailure(ChannelHandlerContext ctx, Throwable cause) {
            fail(cause);
            Writes.close(ctx);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            fail(new ClosedChannelException());
            super.channelInactive(ctx);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            fail(cause);
            Writes.close(ctx);
        }
    }

    private void tooLate() {
        Channel made = channel;
        fail(null);
        if (made != null) {
            made.unsafe().closeForcibly();
        }
    }

    private @Nullable Outcome done() {
        Outcome to = outcome;
        outcome = null;
        ScheduledFuture<?> pending = timer;
        timer = null;
        if (pending != null) {
            pending.cancel(false);
        }
        return to;
    }

    private void fail(@Nullable Throwable cause) {
        Outcome to = done();
        if (to != null) {
            to.failed(describe(cause));
        }
    }

    private Failure describe(@Nullable Throwable cause) {
        String where = "the channel (" + target + ")";
        if (cause == null) {
            return Failure.of(
                    FailureKind.UPSTREAM_UNREACHABLE,
                    where + " could not be connected to within " + limit.toMillis() + " ms");
        }
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        if (cause instanceof SSLException || root instanceof GeneralSecurityException) {
            return Failure.of(
                    FailureKind.UPSTREAM_TLS_ERROR,
                    where + " did not pass the TLS check: " + firstLine(root.getMessage()));
        }
        if (cause instanceof UnknownHostException) {
            return Failure.of(FailureKind.UPSTREAM_UNREACHABLE, where + ": the name could not be resolved");
        }
        return Failure.of(
                FailureKind.UPSTREAM_UNREACHABLE,
                where + " could not be connected to: " + firstLine(root.getMessage()));
    }

    private static String firstLine(@Nullable String message) {
        return message == null ? "no reason given" : message.lines().findFirst().orElse("no reason given");
    }
}
