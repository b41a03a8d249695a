package io.aiproxy.wire;

import io.aiproxy.core.Target;
import io.netty.channel.socket.SocketChannel;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.util.concurrent.FastThreadLocal;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;

/**
 * Sends requests to channels: on the event loop of the client's connection, over connections that belong to that loop
 * alone. Names are resolved without blocking and are not remembered for longer than a minute, whatever their records say.
 */
public final class UpstreamClients implements AutoCloseable {
    private static final int MAX_DNS_TTL_SECONDS = 60;
    private static final int DNS_FAILURE_TTL_SECONDS = 2;

    private final UpstreamTls tls = new UpstreamTls();
    private final DnsAddressResolverGroup resolver = new DnsAddressResolverGroup(new DnsNameResolverBuilder()
            .datagramChannelType(EventLoops.datagramChannel())
            .socketChannelType(EventLoops.clientChannel().asSubclass(SocketChannel.class))
            .ttl(0, MAX_DNS_TTL_SECONDS)
            .negativeTtl(DNS_FAILURE_TTL_SECONDS)
            .queryTimeoutMillis(Duration.ofSeconds(3).toMillis()));
    private final FastThreadLocal<LoopClient> clients = new FastThreadLocal<>() {
        @Override
        protected LoopClient initialValue() {
            return new LoopClient(tls, resolver);
        }
    };

    /** Makes what a new configuration's targets need. Blocks; fails if a CA file cannot be used. */
    public void prepare(Collection<Target> targets) throws IOException {
        tls.prepare(targets);
    }

    /** Begins an attempt. Must be called on the call's event loop; the listener is called there too. */
    public void send(UpstreamRequest request, UpstreamListener listener) {
        clients.get().send(request, listener);
    }

    @Override
    public void close() {
        resolver.close();
    }
}
