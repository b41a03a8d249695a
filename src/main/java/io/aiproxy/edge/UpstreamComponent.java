package io.aiproxy.edge;

import io.aiproxy.wire.UpstreamClients;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/**
 * {@code upstream:<channel>}: sends the call to a channel, asynchronously and over pooled connections. The exchange
 * goes on when the response head has arrived; the body flows later, below Camel.
 */
@Component("upstream")
public final class UpstreamComponent extends DefaultComponent {
    private final UpstreamClients clients;
    private final SocketSlots slots;
    private final SocketPlans plans;

    /** One component per route set; the clients and slots behind it outlive them all. */
    UpstreamComponent(UpstreamClients clients, SocketSlots slots, SocketPlans plans) {
        this.clients = clients;
        this.slots = slots;
        this.plans = plans;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        if (remaining.isEmpty()) {
            throw new IllegalArgumentException("upstream: needs the id of a channel, as in upstream:bailian");
        }
        return new UpstreamEndpoint(uri, this, remaining);
    }

    UpstreamProducer producer(UpstreamEndpoint endpoint) {
        return new UpstreamProducer(endpoint, clients, slots, plans);
    }
}
