package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.BodyStream;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A changed configuration serves at once; what runs is not disturbed; a mistake changes nothing. */
@NeedsGateway
class ReloadTest {
    private static final String LISI = "Authorization: Bearer pk_test_lisi";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private final FakeUpstream other = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        upstream.on(CHAT).reply(Calls.ok());
        other.on(CHAT).reply(Calls.ok());
        rig = GatewayRig.start(RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"));
    }

    private int status(String header) throws IOException {
        return Calls.post(rig, CHAT, BODY, header).status();
    }

    @Test
    void keysComeAndGoUnderLoadWithoutAFailedCall() throws IOException {
        try (Load load = Load.start(rig, 4)) {
            load.awaitMore(50);
            assertThat(status(LISI)).isEqualTo(401);

            rig.config().user("lisi", "pk_test_lisi", "alpha");
            rig.writeConfig();
            await().until(() -> status(LISI) == 200);

            rig.config().userLines("lisi", "status: disabled", "channels: [alpha]", "proxy_key: pk_test_lisi");
            rig.writeConfig();
            await().until(() -> status(LISI) == 403);

            rig.config().withoutUser("lisi");
            rig.writeConfig();
            await().until(() -> status(LISI) == 401);

            load.awaitMore(50);
            assertThat(load.stop()).isEmpty();
        }
    }

    @Test
    void aStreamGoesOnWithTheConfigurationThatItBeganWith() throws IOException {
        Gate gate = Gate.closed();
        upstream.on("/v1/responses")
                .reply(Reply.sse().event("before").await(gate).event("after"));
        try (RawClient client = rig.client().post("/v1/responses", BODY, GatewayRig.AUTH)) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: before");

            rig.config()
                    .channel("alpha", other)
                    .userLines("zhangsan", "status: disabled", "channels: [alpha]", "proxy_key: " + GatewayRig.KEY)
                    .user("lisi", "pk_test_lisi", "alpha");
            rig.writeConfig();
            await().until(() -> status(LISI) == 200 && status(GatewayRig.AUTH) == 403);

            gate.open();
            assertThat(body.events()).containsExactly("data: after");
        }
    }

    @Test
    void aChannelMovesUnderLoadWithoutAFailedCall() throws IOException {
        try (Load load = Load.start(rig, 4)) {
            load.awaitMore(50);
            rig.config().channel("alpha", other, "api_key: sk_upstream_renewed");
            rig.writeConfig();
            other.awaitRequest(50);
            assertThat(other.last().header("authorization")).contains("Bearer sk_upstream_renewed");
            load.awaitMore(50);
            assertThat(load.stop()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "users: [",
                "",
                "users:\n  lisi:\n    channels: [no-such-channel]\n    proxy_key: pk_test_lisi\n",
                "users:\n  lisi:\n    chanels: [alpha]\n    proxy_key: pk_test_lisi\n",
                "users:\n  lisi:\n    channels: [alpha]\n    proxy_key: short\n",
            })
    void aBrokenFileChangesNothingUntilItIsMended(String broken) throws IOException {
        long before = rig.configVersion();
        String whole = rig.read("config/users.yaml");
        rig.write("config/users.yaml", broken);
        assertThat(rig.awaitConfigProblem()).contains("users.yaml");
        assertThat(status(GatewayRig.AUTH)).isEqualTo(200);
        assertThat(rig.configVersion()).isEqualTo(before);

        rig.write("config/users.yaml", whole + "  lisi:\n    channels: [alpha]\n    proxy_key: pk_test_lisi\n");
        await().until(() -> status(LISI) == 200);
        assertThat(rig.configVersion()).isGreaterThan(before);
        assertThat(rig.status().path("configuration").path("problem").isNull()).isTrue();
        assertThat(status(GatewayRig.AUTH)).isEqualTo(200);
    }

    @Test
    void aVanishedFileChangesNothing() throws IOException {
        long before = rig.configVersion();
        java.nio.file.Files.delete(rig.home().resolve("config/users.yaml"));
        assertThat(rig.awaitConfigProblem()).contains("users.yaml");
        assertThat(status(GatewayRig.AUTH)).isEqualTo(200);
        assertThat(rig.configVersion()).isEqualTo(before);
    }

    @Test
    void aSecretFileIsPartOfTheConfiguration() throws IOException {
        rig.write("config/secrets/alpha", "sk_from_file_1\n");
        rig.config().channel("alpha", upstream, "api_key: \"${file:secrets/alpha}\"");
        rig.applyConfig();
        assertThat(status(GatewayRig.AUTH)).isEqualTo(200);
        assertThat(upstream.last().header("authorization")).contains("Bearer sk_from_file_1");

        rig.write("config/secrets/alpha", "sk_from_file_2\n");
        await().until(() -> {
            status(GatewayRig.AUTH);
            return upstream.last().header("authorization").equals(java.util.Optional.of("Bearer sk_from_file_2"));
        });
    }
}
