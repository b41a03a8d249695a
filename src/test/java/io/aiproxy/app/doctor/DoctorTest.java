package io.aiproxy.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.DemoConfig;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Secret;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DoctorTest {
    @Test
    void tokens_are_fetched_for_each_credential_and_what_is_wrong_with_one_says_nothing_of_the_next() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start();
                Doctor doctor = new Doctor(
                        (channel, credential) -> credential.name().equals("bad")
                                ? CompletableFuture.failedFuture(
                                        Failure.of(FailureKind.UPSTREAM_TOKEN_UNAVAILABLE, "The endpoint says no.")
                                                .asException())
                                : CompletableFuture.completedFuture(Secret.of("test-token")),
                        Duration.ofSeconds(20))) {
            upstream.onAny().reply(Reply.json("{}"));

            Examined found =
                    doctor.examine(List.of(withTokens(upstream.port()))).get(0);

            assertThat(upstream.only().header("authorization")).contains("Bearer test-token");
            assertThat(found.well()).isFalse();
            assertThat(found.steps())
                    .extracting(step -> step.name() + " " + step.credential() + " " + step.verdict())
                    .containsExactly("name  OK", "connect  OK", "token bad BAD", "token good OK", "probe good OK");
            assertThat(found.steps().get(2).text()).isEqualTo("The endpoint says no.");
            assertThat(found.toString()).doesNotContain("test-token");
        }
    }

    @Test
    void more_channels_than_are_examined_at_once_come_back_in_their_order() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start();
                Doctor doctor = new Doctor(
                        (channel, credential) -> CompletableFuture.completedFuture(Secret.of("test-token")),
                        Duration.ofSeconds(20))) {
            upstream.onAny().reply(Reply.json("{}"));
            ChannelConfig channel = withTokens(upstream.port());

            List<Examined> found = doctor.examine(java.util.Collections.nCopies(20, channel));

            assertThat(found).hasSize(20).allMatch(Examined::well);
        }
    }

    private static ChannelConfig withTokens(int port) {
        ChannelConfig demo = DemoConfig.snapshot(port, Instant.EPOCH)
                .channels()
                .values()
                .iterator()
                .next();
        TokenConfig recipe = new TokenConfig.Jwt(
                TokenConfig.Algorithm.HS256,
                "{secret}",
                JsonNodeFactory.instance.objectNode(),
                Map.of(),
                false,
                Optional.empty(),
                TokenConfig.Timing.DEFAULT);
        return new ChannelConfig(
                "one",
                "One",
                demo.baseUrl(),
                demo.websocketUrl(),
                List.of(
                        new CredentialConfig("bad", Secret.of(""), 1, Map.of()),
                        new CredentialConfig("good", Secret.of(""), 1, Map.of())),
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
                demo.target(),
                demo.hostHeader(),
                demo.supportsWebsocket(),
                demo.websocketEndpoints(),
                demo.websocket(),
                Optional.of(recipe),
                demo.strategy(),
                demo.health(),
                demo.rules(),
                demo.modelHosts(),
                demo.privacy(),
                List.of(),
                UsageConfig.defaults(true));
    }
}
