package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.core.Origin;
import io.aiproxy.core.SocketLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelTargetTest {
    @TempDir
    Path directory;

    private ChannelConfig channel(String fields) throws ConfigException {
        Configs.write(directory, "users: {}\n", "channels:\n  c: {auth: none, " + fields + "}\n");
        return Configs.load(directory).channels().get("c");
    }

    @Test
    void websocketsGoToTheSameTargetUnlessTheyLiveElsewhere() throws Exception {
        ChannelConfig same = channel("base_url: 'https://a.example/v1'");
        assertThat(same.websocketUrl().orElseThrow()).hasToString("wss://a.example/v1");
        assertThat(same.websocketTarget().origin()).isEqualTo(same.target().origin());
        assertThat(same.websocketTarget().tls()).isEqualTo(same.target().tls());
        assertThat(same.websocketHostHeader()).isEqualTo("a.example");

        ChannelConfig elsewhere = channel("base_url: 'https://a.example', websocket_url: 'ws://b.example:8080/x'");
        assertThat(elsewhere.websocketTarget().origin()).isEqualTo(new Origin(false, "b.example", 8080));
        assertThat(elsewhere.websocketTarget().tls().serverName()).isEqualTo("b.example");
        assertThat(elsewhere.websocketHostHeader()).isEqualTo("b.example:8080");
    }

    @Test
    void handshakesAreSpokenInHttp11EvenWhereHttp2IsAllowed() throws Exception {
        ChannelConfig both = channel("base_url: 'https://a.example'");
        assertThat(both.target().http2()).isTrue();
        assertThat(both.websocketTarget().http2()).isFalse();
        assertThat(both.websocketTarget()).isNotEqualTo(both.target());

        ChannelConfig old = channel("base_url: 'https://a.example', http2: off");
        assertThat(old.websocketTarget()).isEqualTo(old.target()); // nothing differs: connections are shared
    }

    @Test
    void handshakesTakeTheSameWayOut() throws Exception {
        ChannelConfig channel = channel("base_url: 'https://a.example', websocket_url: 'wss://b.example',"
                + " egress_proxy: 'http://proxy.example:3128'");

        assertThat(channel.websocketTarget().egress())
                .isPresent()
                .isEqualTo(channel.target().egress());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // neither, one or both of the sizes, 0 for no limit
                "{} | 64MiB | 64MiB",
                "{max_frame: 1MiB} | 1MiB | 64MiB",
                "{max_frame: 1GiB} | 1GiB | 1GiB",
                "{max_message: 1MiB} | 1MiB | 1MiB",
                "{max_message: 1GiB} | 64MiB | 1GiB",
                "{max_frame: 1MB, max_message: 2MB} | 1MB | 2MB",
                "{max_frame: 2MB, max_message: 2MB} | 2MB | 2MB",
                "{max_frame: 0} | 0 | 64MiB",
                "{max_message: 0} | 64MiB | 0",
                "{max_frame: 0, max_message: 5} | 0 | 5",
                "{max_frame: 70MiB, max_message: 0} | 70MiB | 0",
            })
    void aFrameIsNeverAllowedMoreThanAMessage(String websocket, String frame, String message) throws Exception {
        SocketLimits limits = channel("base_url: 'https://a.example', websocket: " + websocket)
                .websocket();
        assertThat(limits.maxFrame()).isEqualTo(Units.size(frame).orElseThrow());
        assertThat(limits.maxMessage()).isEqualTo(Units.size(message).orElseThrow());
    }

    @Test
    void aHostThatWasGivenHoldsForBoth() throws Exception {
        ChannelConfig channel =
                channel("base_url: 'https://10.0.0.1', websocket_url: 'wss://10.0.0.2', host: Api.Example:8443");

        assertThat(channel.hostHeader()).isEqualTo("api.example:8443");
        assertThat(channel.target().tls().serverName()).isEqualTo("api.example");
        assertThat(channel.websocketHostHeader()).isEqualTo("api.example:8443");
        assertThat(channel.websocketTarget().tls().serverName()).isEqualTo("api.example");
        assertThat(channel.websocketTarget().origin().host()).isEqualTo("10.0.0.2");
    }

    @Test
    void twoChannelsOfOneServerShareItsConnections() throws Exception {
        assertThat(channel("base_url: 'https://a.example/v1'").target())
                .isEqualTo(channel("base_url: 'https://A.example:443/other'").target());
    }

    @Test
    void aCaFileMustHoldCertificates() throws Exception {
        for (String content : new String[] {"", "not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n"}) {
            Files.writeString(directory.resolve("ca.pem"), content);
            assertThatThrownBy(() -> channel("base_url: 'https://a.example', tls: {ca_file: ca.pem}"))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("channels.c.tls.ca_file")
                    .hasMessageContaining("PEM file");
        }
        Files.delete(directory.resolve("ca.pem"));
        Files.createDirectory(directory.resolve("ca.pem"));
        assertThatThrownBy(() -> channel("base_url: 'https://a.example', tls: {ca_file: ca.pem}"))
                .hasMessageContaining("is not a file");
    }

    @Test
    void channelsAreImmutable() throws Exception {
        ChannelConfig channel = channel("base_url: 'https://a.example', path_rewrite: {/a: /b}");

        assertThatThrownBy(() -> channel.pathRewrite().put("/x", "/y"))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> channel.credentials().clear()).isInstanceOf(UnsupportedOperationException.class);
    }
}
