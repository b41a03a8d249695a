package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Objects;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.vertx.websocket.VertxWebsocketComponent;
import org.apache.camel.component.vertx.websocket.VertxWebsocketConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The official component without its server: it keeps URI and consumer, and has no Vert.x and no way out. */
class WebSocketComponentTest {
    private static final String DOOR = "vertx-websocket:0.0.0.0:8001/own";

    @TempDir
    private Path temp;

    private EdgeKit kit;
    private RouteSets sets;
    private CamelContext context;

    @BeforeEach
    void start() throws Exception {
        kit = new EdgeKit(temp);
        sets = kit.routeSets();
        sets.start(() -> RouteFiles.in(Path.of("routes"), true));
        context = Objects.requireNonNull(sets.context());
    }

    @AfterEach
    void stop() throws Exception {
        sets.close();
        kit.close();
    }

    @Test
    void the_front_door_is_the_official_consumer() {
        assertThat(context.getRoute("proxy-websocket").getConsumer())
                .isInstanceOf(VertxWebsocketConsumer.class)
                .extracting(consumer -> consumer.getEndpoint().getEndpointUri())
                .isEqualTo("vertx-websocket://0.0.0.0:8001/*");
    }

    @Test
    void there_is_no_Vertx() {
        assertThat(context.getComponent("vertx-websocket", VertxWebsocketComponent.class)
                        .getVertx())
                .isNull();
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("vert.x"));
    }

    @Test
    void every_generation_has_a_component_of_its_own() {
        VertxWebsocketComponent first = context.getComponent("vertx-websocket", VertxWebsocketComponent.class);
        assertThat(sets.reload(() -> RouteFiles.in(Path.of("routes"), true))).isTrue();
        CamelContext next = Objects.requireNonNull(sets.context());
        assertThat(next.getComponent("vertx-websocket", VertxWebsocketComponent.class))
                .isNotSameAs(first);
    }

    @Test
    void options_get_to_the_endpoint() {
        assertThatThrownBy(() ->
                        context.getEndpoint(DOOR + "?consumeAsClient=true").createConsumer(exchange -> {}))
                .hasMessageContaining("consumeAsClient");
    }

    @Test
    void it_cannot_be_sent_to() throws Exception {
        Endpoint endpoint = context.getEndpoint(DOOR);
        assertThatThrownBy(endpoint::createProducer).hasMessageContaining("cannot be sent to");
        try (ProducerTemplate template = context.createProducerTemplate()) {
            assertThatThrownBy(() -> template.sendBody(endpoint, "hello"))
                    .hasStackTraceContaining("send the handshake to upstream:");
        }
    }

    @Test
    void it_cannot_be_polled() {
        assertThatThrownBy(context.getEndpoint(DOOR)::createPollingConsumer).hasMessageContaining("cannot be polled");
    }
}
