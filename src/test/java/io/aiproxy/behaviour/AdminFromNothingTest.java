package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.app.Stores;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.Kind;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The first user and the first channel come one after the other, in either order, wherever the configuration is kept. */
@NeedsGateway
class AdminFromNothingTest {
    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    private Path directory;

    @BeforeEach
    void answer() {
        upstream.on(Calls.CHAT).reply(Calls.ok());
    }

    private static Calls.Result done(Calls.Result result) {
        assertThat(result.status()).as(result.text()).isBetween(200, 204);
        return result;
    }

    private static Calls.Result chat(GatewayRig rig, String key) throws IOException {
        return Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer " + key);
    }

    private Calls.Result channel(GatewayRig rig) throws IOException {
        String body = "{\"id\":\"alpha\",\"base_url\":\"" + upstream.baseUrl() + "\",\"api_key\":\"sk_fake_1\"}";
        return done(Admin.send(rig, "POST", "channels", body));
    }

    private static Calls.Result user(GatewayRig rig, String channels) throws IOException {
        return Admin.send(rig, "POST", "users", "{\"id\":\"lisi\",\"channels\":" + channels + "}");
    }

    private static String key(Calls.Result made) {
        return done(made).json().at("/new_key/proxy_key").asText();
    }

    @ParameterizedTest
    @EnumSource
    void a_channel_and_then_a_user(Admin.Kept kept) throws Exception {
        try (GatewayRig rig = kept.start(RigConfig.empty(), directory)) {
            chat(rig, GatewayRig.KEY).isFailure(401, "invalid_api_key");
            channel(rig);
            assertThat(chat(rig, key(user(rig, "[\"alpha\"]"))).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_user_and_then_a_channel(Admin.Kept kept) throws Exception {
        try (GatewayRig rig = kept.start(RigConfig.empty(), directory)) {
            Calls.Result early = user(rig, "[\"alpha\"]");
            assertThat(early.status()).isEqualTo(422);
            assertThat(early.text()).contains("/channels/0", "\\\"alpha\\\" is not in channels.yaml; there are none");
            String key = key(user(rig, "[]"));
            chat(rig, key).isFailure(403, "channel_not_allowed");
            channel(rig);
            chat(rig, key).isFailure(403, "channel_not_allowed");
            done(Admin.send(rig, "PATCH", "users/lisi", "{\"channels\":[\"alpha\"]}"));
            assertThat(chat(rig, key).status()).isEqualTo(200);
            done(Admin.send(rig, "PATCH", "users/lisi", "{\"channels\":[]}"));
            done(Admin.send(rig, "DELETE", "channels/alpha", ""));
            chat(rig, key).isFailure(403, "channel_not_allowed");
            done(Admin.send(rig, "DELETE", "users/lisi", ""));
            chat(rig, key).isFailure(401, "invalid_api_key");
        }
    }

    private void firstToken(GatewayRig rig) throws Exception {
        ObjectNode entry = JsonNodeFactory.instance.objectNode();
        entry.put("sha256", KeyDigest.of(Admin.ADMIN).hex()).put("role", "admin");
        Path config = rig.home().resolve("config");
        try (Stores stores = Stores.open(
                Optional.of(Admin.sqlite(directory)), config, rig.home().resolve("cli"), System::getenv)) {
            List<Change> first = List.of(new Change(Kind.ADMIN_TOKEN, "root", Optional.of(entry)));
            stores.config().apply(stores.config().state().tag(), first, Author.CLI, "");
        }
        await().atMost(Duration.ofSeconds(20))
                .until(() -> Admin.get(rig, "users").status() == 200);
    }

    /** Nobody has put anything into the database, and the first token comes from the command line. */
    @Test
    void a_database_that_was_never_filled() throws Exception {
        try (GatewayRig rig = Admin.database(RigConfig.empty(), Admin.sqlite(directory), false)) {
            assertThat(Admin.get(rig, "users").text()).contains("/problems/no-admin-token");
            firstToken(rig);
            String key = key(user(rig, "[]"));
            channel(rig);
            done(Admin.send(rig, "PATCH", "users/lisi", "{\"channels\":[\"alpha\"]}"));
            assertThat(chat(rig, key).status()).isEqualTo(200);
        }
    }
}
