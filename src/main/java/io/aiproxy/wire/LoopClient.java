package io.aiproxy.wire;

import io.aiproxy.core.Failure;
import io.aiproxy.core.Target;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The upstream side of one event loop: its connection pools. Confined to that loop. */
final class LoopClient {
    private final UpstreamTls tls;
    private final DnsAddressResolverGroup resolver;
    private final Map<Target, UpstreamPool> pools = new HashMap<>();

    LoopClient(UpstreamTls tls, DnsAddressResolverGroup resolver) {
        this.tls = tls;
        this.resolver = resolver;
    }

    void send(UpstreamRequest request, UpstreamListener listener) {
        UpstreamExchange exchange = new UpstreamExchange(request, listener, this);
        request.call().whenGone(exchange::callerGone);
        // A handshake may take its connection away from the pool for good, and must not meet one that is stale.
        if (request.handshake() || !pool(request.target()).reuse(exchange)) {
            connect(exchange);
        }
    }

    private UpstreamPool pool(Target target) {
        return pools.computeIfAbsent(target, t -> new UpstreamPool());
    }

    void connect(UpstreamExchange exchange) {
        Target target = exchange.request().target();
        UpstreamPool pool = pool(target);
        pool.connecting();
        EventLoop loop = (EventLoop) exchange.request().call().loop();
        new UpstreamConnector(exchange.request(), tls, resolver).connect(loop, new UpstreamConnector.Outcome() {
            @Override
            public void http1(ChannelPipeline pipeline) {
                pool.connected();
                pool.speaksHttp2(false);
                UpstreamHandler handler = new UpstreamHandler(pool, null);
                pipeline.addLast(handler);
                if (exchange.cancelled()) {
                    handler.parked();
                } else {
                    handler.start(exchange);
                }
                again(pool);
            }

            @Override
            public void http2(ChannelPipeline pipeline) {
                pool.connected();
                pool.speaksHttp2(true);
                Http2Upstream connection = Http2Upstream.on(pipeline, pool);
                if (!exchange.cancelled()) {
                    connection.open(exchange);
                }
                again(pool);
            }

            @Override
            public void failed(Failure failure) {
                pool.connected();
                List<UpstreamExchange> others = pool.waitsForNothing() ? pool.takeWaiting() : List.of();
                exchange.failed(failure);
                others.forEach(other -> other.failed(failure));
            }
        });
    }

    private void again(UpstreamPool pool) {
        for (UpstreamExchange other : pool.takeWaiting()) {
            if (!other.cancelled() && !pool.reuse(other)) {
                connect(other);
            }
        }
    }
}
