package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Target;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointEgressTest {
    private static final Target.Egress OWN = new Target.Egress("own", 3128, Optional.empty(), Optional.empty());
    private static final URI OUTSIDE = URI.create("https://login.example.com/token");
    private static final URI INSIDE = URI.create("https://login.corp.example/token");
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "HTTPS_PROXY", "http://clerk:fake@proxy.corp.example:8080",
            "http_proxy", "http://plain.corp.example:8080",
            "NO_PROXY", ".corp.example,inside.example");

    @ParameterizedTest
    @CsvSource({
        "https://inside.example,https://login.example.com/t,proxy.corp.example",
        "https://outside.example,https://login.corp.example/t,''",
        "https://outside.example,https://login.example.com/t,proxy.corp.example",
        "https://outside.example,http://login.example.com/t,plain.corp.example",
        "https://outside.example,https://localhost:8443/t,''",
        "https://outside.example,https://127.0.0.1/t,''",
        "http://127.0.0.1:8080,https://login.example.com/t,proxy.corp.example",
    })
    void theEnvironmentDecidesForEachHost(String base, URI endpoint, String proxy) {
        ChannelConfig channel = channel(base, environment(base));
        assertThat(new EndpointEgress(ENVIRONMENT::get)
                        .egress(channel, endpoint)
                        .map(Target.Egress::host)
                        .orElse(""))
                .isEqualTo(proxy);
    }

    @Test
    void aProxyOfTheChannelsOwnLeadsToItsEndpointsToo() {
        ChannelConfig channel = channel("https://outside.example", Optional.of(OWN));
        EndpointEgress egress = new EndpointEgress(ENVIRONMENT::get);
        assertThat(egress.egress(channel, OUTSIDE)).contains(OWN);
        assertThat(egress.egress(channel, INSIDE)).contains(OWN);
        assertThat(egress.egress(channel, URI.create("http://localhost/t"))).isEmpty();
    }

    @Test
    void aChannelThatWantsNoProxyHasNoneForItsEndpointsEither() {
        ChannelConfig channel = channel("https://outside.example", Optional.empty());
        assertThat(new EndpointEgress(ENVIRONMENT::get).egress(channel, OUTSIDE))
                .isEmpty();
    }

    @Test
    void withoutAnythingItIsDirect() {
        ChannelConfig channel = channel("https://outside.example", Optional.empty());
        assertThat(new EndpointEgress(name -> null).egress(channel, OUTSIDE)).isEmpty();
        assertThat(new EndpointEgress(name -> "not a proxy!").egress(channel, OUTSIDE))
                .isEmpty();
    }

    /** As the configuration's reader would have decided. */
    private static Optional<Target.Egress> environment(String base) {
        return new EndpointEgress(ENVIRONMENT::get)
                .egress(channel("http://localhost", Optional.empty()), URI.create(base));
    }

    private static ChannelConfig channel(String base, Optional<Target.Egress> egress) {
        ChannelConfig demo = DemoConfig.snapshot(1, java.time.Instant.EPOCH)
                .channels()
                .values()
                .iterator()
                .next();
        Target target =
                new Target(Urls.origin(URI.create(base)), new Target.Tls(true, Optional.empty(), "x"), egress, true);
        return new ChannelConfig(
                demo.id(),
                demo.name(),
                URI.create(base),
                demo.websocketUrl(),
                demo.credentials(),
                demo.auth(),
                demo.dialect(),
                demo.status(),
                demo.priority(),
                demo.models(),
                demo.modelAliases(),
                demo.pathRewrite(),
                demo.headers(),
                demo.forwarding(),
                demo.timeouts(),
                demo.retry(),
                target,
                demo.hostHeader(),
                demo.supportsWebsocket(),
                demo.websocketEndpoints(),
                demo.websocket(),
                demo.token(),
                demo.strategy(),
                demo.health(),
                demo.rules(),
                demo.modelHosts(),
                demo.privacy(),
                List.of());
    }
}
