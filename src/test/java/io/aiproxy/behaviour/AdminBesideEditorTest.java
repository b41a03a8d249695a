package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody edits files with an editor while others use the admin API: nothing that was saved or acknowledged is lost. */
@NeedsGateway
class AdminBesideEditorTest {
    private static final int EDITS = 12;
    private static final String HAND = "  hand%d: {channels: [alpha], proxy_key: pk_test_hand%d} # by hand\n";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private final GatewayRig rig =
            Admin.files(RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"));

    @BeforeEach
    void answer() {
        upstream.onAny().reply(Calls.ok());
    }

    private void append(String lines) {
        rig.write("config/users.yaml", rig.read("config/users.yaml") + lines);
    }

    private int chat(String key) throws IOException {
        return Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer " + key)
                .status();
    }

    /** The gateway writes no file that a change is not about, so the editor's file is never written from an older state. */
    @Test
    void a_file_is_edited_while_the_api_writes_others() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Integer>> writers = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                String channel = "made" + i;
                writers.add(threads.submit(() -> rename(channel)));
            }
            Future<Integer> editor = threads.submit((Callable<Integer>) () -> {
                for (int i = 0; i < EDITS; i++) {
                    append(String.format(HAND, i, i));
                }
                return EDITS;
            });
            editor.get();
            int acknowledged = 0;
            for (Future<Integer> writer : writers) {
                acknowledged += writer.get();
            }
            assertThat(acknowledged).isPositive();
            assertThat(byRoot()).isEqualTo(acknowledged);
        } finally {
            threads.shutdownNow();
        }
        for (int i = 0; i < EDITS; i++) {
            String key = "pk_test_hand" + i;
            await().atMost(Duration.ofSeconds(20)).until(() -> chat(key) == 200);
        }
        assertThat(rig.read("config/users.yaml")).contains("# by hand");
    }

    /** Makes a channel and renames it; how many of these changes were acknowledged. Checks that the last of them counts. */
    private int rename(String id) throws IOException {
        int done = 0;
        String last = "";
        for (int i = 0; i < 6; i++) {
            String name = id + " of turn " + i;
            String body =
                    "{\"name\":\"" + name + "\",\"base_url\":\"" + upstream.baseUrl() + "\",\"api_key\":\"sk_fake_1\"}";
            Calls.Result put = Admin.send(rig, "PUT", "channels/" + id, body);
            assertThat(put.status()).as(put.text()).isIn(200, 201, 409);
            if (put.status() != 409) {
                done++;
                last = name;
            }
        }
        if (done > 0) {
            assertThat(Admin.get(rig, "channels/" + id).json().path("name").asText())
                    .isEqualTo(last);
        }
        return done;
    }

    private long byRoot() throws IOException {
        long count = 0;
        for (JsonNode version : Admin.get(rig, "versions?limit=1000").json().path("items")) {
            count += version.path("author").asText().equals("root") ? 1 : 0;
        }
        return count;
    }

    @Test
    void what_was_just_saved_is_seen_by_the_next_change_before_it_is_in_force() throws IOException {
        String tag = Admin.get(rig, "users/zhangsan").header("etag");
        append(String.format(HAND, 1, 1));
        Calls.Result taken = Admin.send(rig, "POST", "users", "{\"id\":\"hand1\",\"channels\":[\"alpha\"]}");
        assertThat(taken.status()).isEqualTo(409);
        assertThat(taken.text()).contains("/problems/exists");

        Calls.Result other = Admin.send(rig, "PATCH", "users/zhangsan", "{\"name\":\"San\"}", "If-Match: " + tag);
        assertThat(other.status()).as("the edit was about somebody else").isEqualTo(200);
        assertThat(chat("pk_test_hand1")).as("came into force with it").isEqualTo(200);
        assertThat(Admin.get(rig, "versions").json().findValuesAsText("author"))
                .as("the edit is a version of its own")
                .containsExactly("root", "file", "file");

        rig.write("config/users.yaml", rig.read("config/users.yaml").replace("name: San", "name: Zhang # better"));
        Calls.Result stale =
                Admin.send(rig, "PATCH", "users/zhangsan", "{\"name\":\"Lost\"}", "If-Match: " + other.header("etag"));
        assertThat(stale.status()).isEqualTo(412);
        assertThat(rig.read("config/users.yaml")).contains("Zhang # better", "# by hand");
    }

    @Test
    void a_broken_file_refuses_every_change_until_it_is_mended() throws IOException {
        append("  hand1: {channels: [nowhere]}\n");
        Calls.Result refused = Admin.send(rig, "PATCH", "channels/alpha", "{\"name\":\"Beta\"}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("users.hand1.channels").contains("nowhere");
        assertThat(rig.read("config/channels.yaml")).contains("Channel alpha");
        assertThat(chat(GatewayRig.KEY)).isEqualTo(200);
        Calls.Result mended =
                Admin.send(rig, "PUT", "users/hand1", "{\"channels\":[\"alpha\"],\"proxy_key\":\"pk_test_hand1\"}");
        assertThat(mended.status()).as(mended.text()).isEqualTo(200);
        assertThat(chat("pk_test_hand1")).isEqualTo(200);
    }
}
