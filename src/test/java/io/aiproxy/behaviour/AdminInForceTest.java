package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the admin API has answered is in force, at once here and soon at the other gateways on the same database. */
@NeedsGateway
class AdminInForceTest {
    private static final String LISI = "{\"id\":\"lisi\",\"channels\":[\"alpha\"]}";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    private Path directory;

    private RigConfig config() {
        return RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha");
    }

    private int chat(GatewayRig rig, String key) throws IOException {
        upstream.on(Calls.CHAT).reply(Calls.ok());
        return Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer " + key)
                .status();
    }

    private static Calls.Result done(Calls.Result result) {
        assertThat(result.status()).as(result.text()).isBetween(200, 204);
        return result;
    }

    @ParameterizedTest
    @EnumSource
    void keys_come_rotate_and_go_with_the_answer(Admin.Kept kept) throws Exception {
        try (GatewayRig rig = kept.start(config(), directory)) {
            String first = done(Admin.send(rig, "POST", "users", LISI))
                    .json()
                    .at("/new_key/proxy_key")
                    .asText();
            assertThat(chat(rig, first)).isEqualTo(200);
            String name =
                    Admin.get(rig, "users/lisi/keys").json().at("/items/0/name").asText();
            String second = done(Admin.send(rig, "POST", "users/lisi/keys/" + name + "/rotate", "{\"grace\":\"1h\"}"))
                    .json()
                    .path("proxy_key")
                    .asText();
            assertThat(chat(rig, second)).isEqualTo(200);
            assertThat(chat(rig, first)).isEqualTo(200);

            long good = Admin.get(rig, "versions").json().at("/items/0/version").asLong();
            upstream.on("/v1/realtime").reply(Reply.webSocket().echo());
            try (RawWebSocket socket = rig.webSocket("/v1/realtime?model=m", "Authorization: Bearer " + second)) {
                done(Admin.send(rig, "PATCH", "users/lisi", "{\"status\":\"disabled\"}"));
                assertThat(chat(rig, second)).isEqualTo(403);
                assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1008, "user_disabled"));
            }
            done(Admin.send(rig, "POST", "versions/" + good + "/rollback", ""));
            assertThat(chat(rig, second)).isEqualTo(200);
            done(Admin.send(rig, "PATCH", "channels/alpha", "{\"api_key\":\"sk_fake_renewed\"}"));
            assertThat(chat(rig, second)).isEqualTo(200);
            assertThat(upstream.last().header("authorization")).contains("Bearer sk_fake_renewed");
        }
    }

    @Test
    void a_key_that_is_disabled_at_one_gateway_is_refused_by_the_other() throws Exception {
        try (GatewayRig one = Admin.database(config(), Admin.sqlite(directory), true);
                GatewayRig other = Admin.database(config(), Admin.sqlite(directory), false)) {
            assertThat(chat(other, GatewayRig.KEY)).isEqualTo(200);
            done(Admin.send(one, "PATCH", "users/zhangsan/keys/laptop", "{\"status\":\"disabled\"}"));
            await().atMost(Duration.ofSeconds(5)).until(() -> chat(other, GatewayRig.KEY) == 403);
        }
    }
}
