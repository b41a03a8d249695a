package io.aiproxy.edge;

import org.apache.camel.component.vertx.websocket.VertxWebsocketComponent;
import org.apache.camel.component.vertx.websocket.VertxWebsocketConfiguration;
import org.apache.camel.component.vertx.websocket.VertxWebsocketConsumer;
import org.apache.camel.component.vertx.websocket.VertxWebsocketEndpoint;
import org.apache.camel.spi.annotations.Component;

/**
 * Camel's own {@code vertx-websocket} without its server: URI, endpoint, consumer and their lives are Camel's, socket and
 * frames the wire's. A consumer that starts only registers itself with the gateway's {@link Mux}, which gives it
 * handshakes; there is no Vert.x.
 *
 * <p>Relies on these extension points of camel-vertx-websocket 4.17: the consumer's {@code doStart} and {@code doStop} call
 * {@link #connectConsumer} and {@link #disconnectConsumer}, and nothing else of it is called until a message comes; Vert.x
 * is made in {@code doStart} and only there; endpoints are made in {@link #createEndpointInstance}. The annotation is
 * needed: without it Camel does not find the generated configurers and drops options silently.
 *
 * <p>One per route set, because Camel stops a context's components with it; the mux behind it outlives them all.
 */
@Component("vertx-websocket")
final class WebSocketComponent extends VertxWebsocketComponent {
    /** What route files write before the colon. */
    static final String SCHEME = "vertx-websocket";

    private final Mux mux;

    /** A component whose consumers take handshakes of {@code mux}. */
    WebSocketComponent(Mux mux) {
        this.mux = mux;
    }

    @Override
    protected VertxWebsocketEndpoint createEndpointInstance(String uri, VertxWebsocketConfiguration configuration) {
        return new WebSocketEndpoint(uri, this, configuration);
    }

    @Override
    public void connectConsumer(VertxWebsocketConsumer consumer) {
        mux.add(consumer);
    }

    @Override
    public void disconnectConsumer(VertxWebsocketConsumer consumer) {
        mux.remove(consumer);
    }

    @Override
    protected void doInit() {
        // looks for a Vert.x in the registry, which is not needed
    }

    @Override
    protected void doStart() {
        // would start a Vert.x with its threads
    }

    @Override
    protected void doStop() {
        // there is no Vert.x to stop
    }
}
