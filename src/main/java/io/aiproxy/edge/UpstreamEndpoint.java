package io.aiproxy.edge;

import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/** One channel as an endpoint, so that it is visible in JMX. Holds nothing that a new configuration could make stale. */
final class UpstreamEndpoint extends DefaultEndpoint {
    private final UpstreamComponent component;
    private final String channel;

    UpstreamEndpoint(String uri, UpstreamComponent component, String channel) {
        super(uri, component);
        this.component = component;
        this.channel = channel;
    }

    String channel() {
        return channel;
    }

    @Override
    public Producer createProducer() {
        return component.producer(this);
    }

    @Override
    public Consumer createConsumer(Processor processor) {
        throw new UnsupportedOperationException("upstream:" + channel + " can only be sent to");
    }

    @Override
    public boolean isSingleton() {
        return true;
    }
}
