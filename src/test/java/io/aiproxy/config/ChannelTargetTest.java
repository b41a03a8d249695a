package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.core.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        assertThat(same.websocketTarget()).isSameAs(same.target());
        assertThat(same.websocketHostHeader()).isEqualTo("a.example");

        ChannelConfig elsewhere = channel("base_url: 'https://a.example', websocket_url: 'ws://b.example:8080/x'");
        assertThat(elsewhere.websocketTarget().origin()).isEqualTo(new Origin(false, "b.example", 8080));
        assertThat(elsewhere.websocketTarget().tls().serverName()).isEqualTo("b.example");
        assertThat(elsewhere.websocketHostHeader()).isEqualTo("b.example:8080");
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
