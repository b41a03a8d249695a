package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scripts in browsers may call the gateway from pages of other origins, as far as the operator allows it. */
@NeedsGateway
class CorsTest {
    private static final String ORIGIN = "Origin: https://app.example.com";
    private static final String[] QUESTION = {
        ORIGIN,
        "Access-Control-Request-Method: POST",
        "Access-Control-Request-Headers: authorization,content-type,x-stainless-os"
    };

    private FakeUpstream upstream;

    @BeforeEach
    void start() {
        upstream = FakeUpstream.start();
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    private GatewayRig gateway(String... system) {
        return GatewayRig.start(RigConfig.empty()
                .channel("alpha", upstream)
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .system(system));
    }

    @Test
    void aBrowsersQuestionIsAnsweredWithoutAKeyAndGoesNowhere() throws IOException {
        try (GatewayRig rig = gateway();
                RawClient client = rig.client()) {
            RawClient.Answer answer = client.head("OPTIONS " + CHAT, QUESTION).answer("OPTIONS");
            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.header("access-control-allow-origin")).isEqualTo("*");
            assertThat(answer.header("access-control-allow-methods")).isEqualTo("POST");
            assertThat(answer.header("access-control-allow-headers"))
                    .isEqualTo("authorization,content-type,x-stainless-os");
            assertThat(upstream.requests()).isEmpty();
        }
    }

    @Test
    void aScriptMayReadAnswersAndRefusals() throws IOException {
        upstream.onAny().reply(Reply.json("{}"));
        try (GatewayRig rig = gateway();
                RawClient client = rig.client()) {
            RawClient.Answer answer =
                    client.post(CHAT, BODY, GatewayRig.AUTH, ORIGIN).answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.head().headers("access-control-allow-origin")).containsExactly("*");
            assertThat(answer.header("access-control-expose-headers")).isEqualTo("*");
            answer.text();
            RawClient.Answer refusal = client.post(CHAT, BODY, "Authorization: Bearer pk_nobody", ORIGIN)
                    .answer();
            assertThat(refusal.status()).isEqualTo(401);
            assertThat(refusal.head().headers("access-control-allow-origin")).containsExactly("*");
        }
    }

    @Test
    void theChannelsOwnWordDoesNotStandBesideTheGateways() throws IOException {
        upstream.onAny()
                .reply(Reply.json("{}")
                        .header("access-control-allow-origin", "https://elsewhere.example.com")
                        .header("vary", "accept-encoding"));
        try (GatewayRig rig = gateway("cors: {origins: [https://app.example.com]}");
                RawClient client = rig.client()) {
            RawClient.Answer answer =
                    client.post(CHAT, BODY, GatewayRig.AUTH, ORIGIN).answer();
            assertThat(answer.head().headers("access-control-allow-origin")).containsExactly("https://app.example.com");
            assertThat(answer.header("vary")).isEqualTo("accept-encoding, origin");
        }
    }

    @Test
    void anotherOriginThanThoseAllowedGetsNoWord() throws IOException {
        try (GatewayRig rig = gateway("cors: {origins: [https://other.example.com]}");
                RawClient client = rig.client()) {
            RawClient.Answer answer = client.head("OPTIONS " + CHAT, QUESTION).answer("OPTIONS");
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.head().headers("access-control-allow-origin")).isEmpty();
        }
    }

    @Test
    void withoutOriginsWhatTheChannelSaysPasses() throws IOException {
        upstream.onAny().reply(Reply.json("{}").header("access-control-allow-origin", "https://channel.example.com"));
        try (GatewayRig rig = gateway("cors: {origins: []}");
                RawClient client = rig.client()) {
            RawClient.Answer answer = client.head("OPTIONS " + CHAT, GatewayRig.AUTH, QUESTION[0], QUESTION[1])
                    .answer("OPTIONS");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.head().headers("access-control-allow-origin"))
                    .containsExactly("https://channel.example.com");
        }
    }

    @Test
    void whoeverIsNoBrowserHearsNothingOfIt() throws IOException {
        upstream.onAny().reply(Reply.json("{}"));
        try (GatewayRig rig = gateway();
                RawClient client = rig.client()) {
            RawClient.Answer answer = client.post(CHAT, BODY, GatewayRig.AUTH).answer();
            assertThat(answer.head().headers("access-control-allow-origin")).isEmpty();
        }
    }
}
