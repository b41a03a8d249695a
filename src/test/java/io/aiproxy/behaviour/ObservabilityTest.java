package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What JMX and the meters say while the gateway works, and how the operational pages take unusual requests. */
@NeedsGateway
class ObservabilityTest {
    private static final MBeanServer JMX = ManagementFactory.getPlatformMBeanServer();

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        upstream.on(Calls.CHAT).reply(Calls.ok());
        rig = GatewayRig.start(RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"));
    }

    private String metrics() throws IOException {
        return Calls.get(rig, "/metrics").text();
    }

    /** The ids of the routes that run without the demo. */
    private static List<String> routes() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            return files.filter(file -> file.toString().endsWith(".camel.yaml"))
                    .map(file -> Path.of("routes").relativize(file).toString())
                    .map(name -> name.replace(".camel.yaml", "").replace('/', '-'))
                    .filter(id -> !id.startsWith("errors-") && !id.startsWith("demo-"))
                    .toList();
        }
    }

    private static Set<ObjectName> beans(String route) throws Exception {
        return JMX.queryNames(new ObjectName("org.apache.camel:*,type=routes,name=\"" + route + "\""), null);
    }

    private static long exchanges(String route) throws Exception {
        long total = 0;
        for (ObjectName bean : beans(route)) {
            total += (Long) JMX.getAttribute(bean, "ExchangesTotal");
        }
        return total;
    }

    @Test
    void every_route_is_an_MBean_that_counts() throws Exception {
        for (int i = 0; i < 3; i++) {
            Calls.chat(rig);
            Calls.get(rig, "/health");
        }
        assertThat(routes())
                .contains("proxy-http", "ops-health")
                .allSatisfy(id -> assertThat(beans(id)).as(id).isNotEmpty());
        assertThat(exchanges("proxy-http")).isGreaterThanOrEqualTo(3);
        assertThat(exchanges("ops-health")).isGreaterThanOrEqualTo(3);
    }

    @Test
    void every_route_is_in_the_metrics() throws IOException {
        Calls.chat(rig);
        String metrics = metrics();
        for (String id : routes()) {
            assertThat(metrics)
                    .contains(
                            "aiproxy_route_exchanges_total{route=\"" + id + "\"}",
                            "aiproxy_route_failures_total{route=\"" + id + "\"}",
                            "aiproxy_route_in_flight{route=\"" + id + "\"}");
        }
        assertThat(metrics).contains("aiproxy_route_exchanges_total{route=\"proxy-http\"} 1.0");
    }

    @Test
    void calls_and_connections_are_shown_while_they_last() throws IOException {
        Gate gate = Gate.closed();
        upstream.on("/v1/responses")
                .reply(Reply.sse().event("before").await(gate).event("after"));
        try (RawClient client = rig.client().post("/v1/responses", Calls.BODY, GatewayRig.AUTH)) {
            RawClient.Answer answer = client.answer();
            assertThat(answer.body().event()).isEqualTo("data: before");
            // the scrape itself is a connection, but no caller's call
            assertThat(metrics())
                    .contains("aiproxy_calls_in_flight{kind=\"http\"} 1.0", "aiproxy_client_connections 2.0");
            gate.open();
            assertThat(answer.body().events()).containsExactly("data: after");
        }
        await().untilAsserted(() -> assertThat(metrics())
                .contains("aiproxy_calls_in_flight{kind=\"http\"} 0.0", "aiproxy_client_connections 1.0"));
    }

    @Test
    void the_route_set_in_force_is_shown() throws IOException {
        assertThat(metrics()).contains("aiproxy_routes_generation 1.0", "aiproxy_event_loop_late_total");
        rig.write(
                "routes/proxy/http.camel.yaml",
                rig.read("routes/proxy/http.camel.yaml").replace("description: What", "description: That which"));
        await().untilAsserted(() -> assertThat(metrics()).contains("aiproxy_routes_generation 2.0"));
        Calls.chat(rig);
        await().untilAsserted(() ->
                assertThat(metrics()).contains("aiproxy_route_exchanges_total{route=\"proxy-http\"} 1.0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/status?x=1", "/health?", "/stats?refresh=1&x=2"})
    void a_query_changes_nothing(String target) throws IOException {
        assertThat(Calls.get(rig, target).status()).isEqualTo(200);
    }

    @Test
    void HEAD_says_the_length_and_sends_no_body() throws IOException {
        try (RawClient client = rig.client()) {
            RawClient.Answer answer = client.head("HEAD /health").answer("HEAD");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEmpty();
            assertThat(Long.parseLong(answer.head().header("content-length").orElseThrow()))
                    .isPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/health/", "/status/x", "/Health"})
    void only_the_exact_path_is_a_page(String target) throws IOException {
        Calls.get(rig, target).isFailure(401, "missing_api_key");
        assertThat(upstream.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"OPTIONS", "POST", "DELETE"})
    void other_methods_are_calls_like_any_other(String method) throws IOException {
        try (RawClient client = rig.client()) {
            RawClient.Answer answer =
                    client.head(method + " /stats", "content-length: 0").answer();
            assertThat(answer.status()).isEqualTo(401);
        }
    }
}
