package io.aiproxy.edge;

import org.apache.camel.Consumer;
import org.apache.camel.PollingConsumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.vertx.websocket.VertxWebsocketConfiguration;
import org.apache.camel.component.vertx.websocket.VertxWebsocketEndpoint;

/**
 * A front door for handshakes, and nothing else: the ways by which the official endpoint opens connections of its own are
 * shut. {@link RouteRules} tells of most of them before a route set is started; those whose URI is made of a call come here.
 */
final class WebSocketEndpoint extends VertxWebsocketEndpoint {
    /** What to do instead of sending to this component. */
    static final String NOT_SENT_TO = "vertx-websocket cannot be sent to, a route can only begin with it; to open a"
            + " WebSocket at a channel send the handshake to upstream:<channel>";

    WebSocketEndpoint(String uri, WebSocketComponent component, VertxWebsocketConfiguration configuration) {
        super(uri, component, configuration);
    }

    @Override
    public Producer createProducer() {
        throw new UnsupportedOperationException(NOT_SENT_TO);
    }

    /** A consumer that a step starts would take the handshakes of callers as long as the step waits. */
    @Override
    public PollingConsumer createPollingConsumer() {
        throw new UnsupportedOperationException("vertx-websocket cannot be polled, a route can only begin with it");
    }

    @Override
    public Consumer createConsumer(Processor processor) throws Exception {
        if (getConfiguration().isConsumeAsClient()) {
            throw new UnsupportedOperationException(
                    "vertx-websocket opens no connections here (consumeAsClient); it only takes handshakes of callers");
        }
        return super.createConsumer(processor);
    }
}
