package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.channels.HealthReport;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.HealthConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.TokenSource;
import io.aiproxy.testing.Configured;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.wire.EventLoops;
import io.aiproxy.wire.UpstreamClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Probes over real sockets; only the time of the intervals is made up. */
class HealthProbesTest {
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final AtomicLong nanos = new AtomicLong(-77);
    private final FakeUpstream upstream = FakeUpstream.start();
    private final Policies policies = new Policies();
    private final EventLoops loops = new EventLoops(1);
    private final UpstreamClients clients = new UpstreamClients();
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final HealthProbes probes =
            new HealthProbes(policies, new HealthProbe.Ways(clients, TokenSource.NONE), loops.all(), new Ticker() {
                @Override
                public long nanos() {
                    return nanos.get();
                }

                @Override
                public long millis() {
                    return nanos.get() / 1_000_000;
                }
            });

    @AfterEach
    void stop() throws IOException {
        clients.close();
        loops.close();
        upstream.close();
        camel.close();
    }

    private void configure(String baseUrl, HealthConfig.Probe probe, boolean demo) throws IOException, ConfigException {
        Files.writeString(
                directory.resolve("users.yaml"), "users: {zhangsan: {channels: [a], proxy_key: pk_test_zhangsan}}");
        Files.writeString(directory.resolve("channels.yaml"), """
                channels:
                  a:
                    base_url: %s/base
                    credentials: [{name: x, api_key: fake_x}, {name: y, api_key: fake_y}]
                    headers: {set: {X-Team: ai}}
                """.formatted(baseUrl));
        Snapshot loaded = ConfigLoader.load(directory, name -> null, 1, Instant.EPOCH);
        HealthConfig health =
                new HealthConfig(HealthConfig.DEFAULT.breaker(), HealthConfig.DEFAULT.cooldown(), Optional.of(probe));
        Map<String, ChannelConfig> channels = new LinkedHashMap<>();
        loaded.channels().forEach((id, channel) -> channels.put(id, with(channel, health)));
        Snapshot snapshot = Configured.snapshot(
                1, Instant.EPOCH, loaded.users(), channels, Map.of(), loaded.system(), demo, loaded.files());
        policies.activate(Policy.of(snapshot, policies.balancer()));
    }

    private static ChannelConfig with(ChannelConfig c, HealthConfig health) {
        return new ChannelConfig(
                c.id(),
                c.name(),
                c.baseUrl(),
                c.websocketUrl(),
                c.credentials(),
                c.auth(),
                c.dialect(),
                c.status(),
                c.priority(),
                c.models(),
                c.modelAliases(),
                c.pathRewrite(),
                c.headers(),
                c.forwarding(),
                c.timeouts(),
                c.retry(),
                c.target(),
                c.hostHeader(),
                c.supportsWebsocket(),
                c.websocketEndpoints(),
                c.websocket(),
                c.token(),
                c.strategy(),
                health,
                c.rules(),
                c.modelHosts(),
                c.privacy(),
                List.of(),
                UsageConfig.defaults(true));
    }

    private static HealthConfig.Probe get(Duration timeout) {
        return new HealthConfig.Probe("GET", "/v1/models", Optional.empty(), INTERVAL, timeout);
    }

    /** The timer fires; with so much time behind the time before. */
    private void tick(Duration passed) {
        nanos.addAndGet(passed.toNanos());
        probes.process(new DefaultExchange(camel));
    }

    /** Everybody is due: 1.1 of the interval is the longest there is. */
    private void tickAll() {
        tick(Duration.ZERO);
        tick(INTERVAL.multipliedBy(2));
    }

    private List<String> states() {
        return policies.balancer().health().report().get("a").stream()
                .map(report -> report.condition().word())
                .toList();
    }

    private void awaitStates(String x, String y) {
        await().until(() -> states().equals(List.of(x, y)));
    }

    @Test
    void goesTheWayOfACallWithEveryCredential() throws Exception {
        upstream.onAny().reply(Reply.json("{}"));
        configure(upstream.baseUrl(), get(Duration.ofSeconds(10)), false);
        tickAll();
        await().until(() -> upstream.requests().size() == 2);
        for (Recorded request : upstream.requests()) {
            assertThat(request.method()).isEqualTo("GET");
            assertThat(request.path()).isEqualTo("/base/v1/models");
            assertThat(request.header("x-team")).contains("ai");
        }
        assertThat(upstream.requests())
                .extracting(request -> request.header("authorization").orElse(""))
                .containsExactlyInAnyOrder("Bearer fake_x", "Bearer fake_y");
        assertThat(policies.balancer().health().report().get("a"))
                .extracting(HealthReport::inFlight)
                .containsOnly(0);
        await().until(
                        () -> { // those that are still under way when the timer fires are not sent
                            tick(Duration.ofSeconds(34));
                            return upstream.requests().size() >= 4;
                        });
    }

    @Test
    void sendsABodyWhereOneIsConfigured() throws Exception {
        upstream.onAny().reply(Reply.json("{}"));
        configure(
                upstream.baseUrl(),
                new HealthConfig.Probe(
                        "POST", "/v1/chat", Optional.of("{\"max_tokens\":1}"), INTERVAL, Duration.ofSeconds(10)),
                false);
        tickAll();
        await().until(() -> upstream.requests().size() == 2);
        Recorded request = upstream.requests().get(0);
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.text()).isEqualTo("{\"max_tokens\":1}");
        assertThat(request.header("content-type")).contains("application/json");
    }

    @ParameterizedTest
    @CsvSource({
        "401, probe_failed, ok",
        "403, probe_failed, ok",
        "500, probe_failed, probe_failed",
        "503, probe_failed, probe_failed",
    })
    void whatAnAnswerMeans(int status, String x, String y) throws Exception {
        upstream.on(request -> request.header("authorization").orElse("").endsWith("_x"))
                .reply(Reply.json(status, "{}"));
        upstream.on(request -> request.header("authorization").orElse("").endsWith("_y"))
                .reply(status >= 500 ? Reply.json(429, "{}") : Reply.json("{}"));
        configure(upstream.baseUrl(), get(Duration.ofSeconds(10)), false);
        tickAll();
        awaitStates(x, y);
        upstream.reset();
        upstream.onAny().reply(Reply.json("{}"));
        tick(INTERVAL.multipliedBy(2));
        awaitStates("ok", "ok");
    }

    @ParameterizedTest
    @CsvSource({"429", "404", "400"})
    void someAnswersMeanNothing(int status) throws Exception {
        upstream.onAny().reply(Reply.json(status, "{}"));
        configure(upstream.baseUrl(), get(Duration.ofSeconds(10)), false);
        tickAll();
        await().until(() -> upstream.requests().size() == 2);
        await().until(
                        () -> { // the first two were answered, or these would not be sent
                            tick(INTERVAL.multipliedBy(2));
                            return upstream.requests().size() >= 4;
                        });
        assertThat(states()).containsOnly("ok");
    }

    @Test
    void nobodyThere() throws Exception {
        configure("http://127.0.0.1:" + FakeUpstream.refusingPort(), get(Duration.ofSeconds(10)), false);
        tickAll();
        awaitStates("probe_failed", "probe_failed");
        assertThat(policies.balancer().health().report().get("a"))
                .extracting(HealthReport::reason)
                .containsOnly("unreachable");
    }

    @Test
    void aSilentOneIsGivenUpAndNeverAskedTwiceAtOnce() throws Exception {
        upstream.onAny().reply(Reply.silent());
        configure(upstream.baseUrl(), get(Duration.ofMinutes(10)), false);
        tickAll();
        await().until(() -> upstream.requests().size() == 2);
        tick(INTERVAL.multipliedBy(2));
        tick(INTERVAL.multipliedBy(2));
        configure(upstream.baseUrl(), get(Duration.ofMillis(50)), false);
        tick(INTERVAL.multipliedBy(2));
        assertThat(upstream.requests()).as("the first are still under way").hasSize(2);
    }

    @Test
    void aTimeoutMeansTheChannel() throws Exception {
        upstream.onAny().reply(Reply.silent());
        configure(upstream.baseUrl(), get(Duration.ofMillis(50)), false);
        tickAll();
        awaitStates("probe_failed", "probe_failed");
        upstream.requests().get(0).awaitHangup();
    }

    @Test
    void theDemoIsNotProbed() throws Exception {
        configure("http://127.0.0.1:" + FakeUpstream.refusingPort(), get(Duration.ofSeconds(10)), true);
        tickAll();
        configure(upstream.baseUrl(), get(Duration.ofSeconds(10)), false);
        upstream.onAny().reply(Reply.json("{}"));
        tickAll();
        await().until(() -> upstream.requests().size() == 2);
        assertThat(states()).containsOnly("ok");
    }
}
