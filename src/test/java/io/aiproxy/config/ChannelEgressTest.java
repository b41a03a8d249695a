package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Target;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which proxy leads to a channel, to its other hosts, and to the endpoint that gives its tokens. */
class ChannelEgressTest {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "HTTPS_PROXY", "http://clerk:fake@proxy.corp.example:8080",
            "http_proxy", "http://plain.corp.example:8080",
            "NO_PROXY", ".corp.example,inside.example");
    private static final String OWN =
            ", egress_proxy: {url: 'http://own.example:3128', no_proxy: [.corp.example, 10.0.0.0/8]}";

    @TempDir
    Path directory;

    private ChannelConfig channel(String base, String more, Map<String, String> environment) throws ConfigException {
        Configs.write(directory, "users: {}\n", "channels:\n  c: {auth: none, base_url: '" + base + "'" + more + "}\n");
        return ConfigLoader.load(directory, environment::get, 1, Configs.NOW)
                .channels()
                .get("c");
    }

    private static String proxy(ChannelConfig channel, String endpoint) {
        return host(channel.egress(URI.create(endpoint)));
    }

    private static String host(Optional<Target.Egress> egress) {
        return egress.map(Target.Egress::host).orElse("");
    }

    @ParameterizedTest
    @CsvSource({
        "https://inside.example, https://login.example.com/t, proxy.corp.example",
        "https://outside.example, https://login.corp.example/t, ''",
        "https://outside.example, https://login.example.com/t, proxy.corp.example",
        "https://outside.example, http://login.example.com/t, plain.corp.example",
        "https://outside.example, https://localhost:8443/t, ''",
        "https://outside.example, https://127.0.0.1/t, ''",
        "http://127.0.0.1:8080, https://login.example.com/t, proxy.corp.example",
    })
    void theEnvironmentDecidesForEachHost(String base, String endpoint, String proxy) throws ConfigException {
        assertThat(proxy(channel(base, "", ENVIRONMENT), endpoint)).isEqualTo(proxy);
    }

    @ParameterizedTest
    @CsvSource({
        "https://outside.example, https://login.example.com/t, own.example",
        "https://outside.example, https://login.corp.example/t, ''",
        "https://outside.example, http://10.1.2.3/t, ''",
        "https://api.corp.example, https://login.example.com/t, own.example",
        "https://api.corp.example, https://login.corp.example/t, ''",
        "https://outside.example, http://localhost/t, ''",
    })
    void theChannelsOwnProxyAndItsExceptionsHoldForTheEndpointToo(String base, String endpoint, String proxy)
            throws ConfigException {
        assertThat(proxy(channel(base, OWN, ENVIRONMENT), endpoint)).isEqualTo(proxy);
        assertThat(proxy(channel(base, OWN, Map.of()), endpoint)).isEqualTo(proxy);
    }

    @Test
    void theyHoldForItsOtherHosts() throws ConfigException {
        ChannelConfig channel = channel(
                "https://outside.example",
                OWN + ", websocket_url: 'wss://ws.corp.example', model_hosts: {m: m.corp.example}",
                Map.of());
        assertThat(host(channel.target().egress())).isEqualTo("own.example");
        assertThat(channel.websocketTarget().egress()).isEmpty();
        assertThat(channel.target().at("m.corp.example").egress()).isEmpty();
        assertThat(host(channel.websocketTarget().at("m.example:8443").egress()))
                .isEqualTo("own.example");
    }

    @Test
    void aProxyWithoutExceptionsLeadsEverywhere() throws ConfigException {
        ChannelConfig channel =
                channel("https://outside.example", ", egress_proxy: 'http://own.example:3128'", ENVIRONMENT);
        assertThat(proxy(channel, "https://login.corp.example/t")).isEqualTo("own.example");
        assertThat(proxy(channel, "http://localhost/t")).isEmpty();
    }

    @Test
    void aChannelThatWantsNoProxyHasNoneForItsEndpointsEither() throws ConfigException {
        ChannelConfig channel = channel("https://outside.example", ", egress_proxy: none", ENVIRONMENT);
        assertThat(proxy(channel, "https://login.example.com/t")).isEmpty();
    }

    @Test
    void withoutAnythingItIsDirect() throws ConfigException {
        assertThat(proxy(channel("https://outside.example", "", Map.of()), "https://login.example.com/t"))
                .isEmpty();
        ChannelConfig local = channel("http://localhost:1", "", Map.of("HTTPS_PROXY", "not a proxy!"));
        assertThat(proxy(local, "https://login.example.com/t")).isEmpty();
    }
}
