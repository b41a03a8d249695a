package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.app.Settings;
import io.aiproxy.core.Secret;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.PostgresServer;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL goes away and comes back while two gateways that share it have callers. */
@NeedsGateway
@Timeout(180)
class PostgresOutageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private static boolean troubled(GatewayRig rig) throws IOException {
        return ready(rig).json().at("/configuration/store_trouble").isTextual();
    }

    private static Calls.Result ready(GatewayRig rig) throws IOException {
        return Calls.get(rig, "/ready");
    }

    private static void awaitTrouble(GatewayRig rig, boolean there) {
        await().atMost(PATIENCE).until(() -> troubled(rig) == there);
    }

    private static int chat(GatewayRig rig, String key) throws IOException {
        return Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer " + key)
                .status();
    }

    private static Calls.Result disable(GatewayRig rig, String user) throws IOException {
        return Admin.send(rig, "PATCH", "users/" + user, "{\"status\":\"disabled\"}");
    }

    @Test
    void calls_go_on_changes_are_refused_and_those_of_others_arrive_afterwards() throws Exception {
        try (FakeUpstream upstream = FakeUpstream.start();
                PostgresServer server = PostgresServer.start(directory)) {
            upstream.onAny().reply(Calls.ok());
            RigConfig config = RigConfig.empty()
                    .channel("alpha", upstream)
                    .user("zhangsan", GatewayRig.KEY, "alpha")
                    .user("lisi", "pk_test_lisi", "alpha");
            Settings.Database of =
                    new Settings.Database(server.freshDatabase(), server.user(), Secret.of(server.password()));
            try (GatewayRig one = Admin.database(config, of, true);
                    GatewayRig other = Admin.database(config, of, false);
                    Load atOne = Load.start(one, 2);
                    Load atOther = Load.start(other, 2)) {
                assertThat(troubled(one)).isFalse();
                long version = one.configVersion();
                server.stop();
                awaitTrouble(one, true);
                awaitTrouble(other, true);
                whileItIsDown(one, version);
                atOne.awaitMore(50);
                atOther.awaitMore(50);
                server.start();
                awaitTrouble(one, false);
                awaitTrouble(other, false);
                assertThat(disable(one, "lisi").status()).isEqualTo(200);
                assertThat(chat(one, "pk_test_lisi")).isEqualTo(403);
                await().atMost(PATIENCE).until(() -> chat(other, "pk_test_lisi") == 403);
                assertThat(other.configVersion()).isEqualTo(version + 1);
                atOne.awaitMore(50);
                assertThat(atOne.stop()).isEmpty();
                assertThat(atOther.stop()).isEmpty();
            }
        }
    }

    private static void whileItIsDown(GatewayRig rig, long version) throws IOException {
        Calls.Result ready = ready(rig);
        assertThat(ready.status()).as("it serves").isEqualTo(200);
        assertThat(ready.text()).doesNotContain("\"postgres\"").contains("cannot be reached");
        Calls.Result refused = disable(rig, "lisi");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.text()).contains("/problems/unavailable");
        assertThat(Admin.get(rig, "users").status()).isEqualTo(503);
        assertThat(Admin.get(rig, "me").status())
                .as("what is in force is known")
                .isEqualTo(200);
        Calls.Result reload = Admin.send(rig, "POST", "reload", "");
        assertThat(reload.status()).as("the copy is taken again").isEqualTo(200);
        assertThat(rig.configVersion()).isEqualTo(version);
        assertThat(chat(rig, "pk_test_lisi")).isEqualTo(200);
    }
}
