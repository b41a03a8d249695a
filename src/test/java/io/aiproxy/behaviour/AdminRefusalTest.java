package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the admin API says over HTTP when it takes nothing: too much, too often, and when it cannot keep it. */
@NeedsGateway
class AdminRefusalTest {
    private static final String LISI = "{\"id\":\"lisi\",\"channels\":[\"alpha\"]}";
    private static final int MIB = 1 << 20;

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private final GatewayRig rig =
            Admin.files(RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"));

    @BeforeEach
    void answer() {
        upstream.onAny().reply(Calls.ok());
    }

    private static void isProblem(Calls.Result answer, int status, String code) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
        assertThat(answer.header("cache-control")).isEqualTo("no-store");
        assertThat(answer.json().path("type").asText()).isEqualTo("/problems/" + code);
        assertThat(answer.json().path("status").asInt()).isEqualTo(status);
    }

    private void nothingHasChanged() throws IOException {
        assertThat(rig.read("config/users.yaml")).doesNotContain("lisi");
        assertThat(rig.configVersion()).isEqualTo(1);
        assertThat(Calls.chat(rig).status()).isEqualTo(200);
    }

    @Test
    void an_entry_may_have_a_mebibyte_and_a_table_sixteen() throws IOException {
        String much = "{\"id\":\"lisi\",\"channels\":[\"alpha\"],\"name\":\"" + "x".repeat(MIB) + "\"}";
        isProblem(Admin.send(rig, "POST", "users", much), 413, "too-large");
        String table = "id,name,channels\nlisi," + "x".repeat(16 * MIB) + ",alpha\n";
        isProblem(Admin.send(rig, "POST", "users/import", table, "Content-Type: text/csv"), 413, "too-large");
        nothingHasChanged();
        StringBuilder people = new StringBuilder("id,channels\n");
        for (int i = 0; people.length() < 2 * MIB; i++) {
            people.append(String.format("somebody-%050d,alpha\n", i));
        }
        Calls.Result dry =
                Admin.send(rig, "POST", "users/import?dry_run=true", people.toString(), "Content-Type: text/csv");
        assertThat(dry.status()).as("%.200s", dry.text()).isEqualTo(200);
        nothingHasChanged();
    }

    @Test
    void who_guesses_tokens_has_to_wait_and_so_has_everybody_at_his_address() throws IOException {
        Admin.Sender guesser = new Admin.Sender(rig, "aat_test_guessed_0123456789");
        for (int i = 0; i < 5; i++) {
            isProblem(Admin.as(guesser, "GET", "users", ""), 401, "unauthorized");
        }
        // the pause of a second may end between two requests; guessing again begins a longer one
        Calls.Result refused = Admin.as(guesser, "GET", "users", "");
        for (int i = 0; refused.status() == 401 && i < 5; i++) {
            refused = Admin.as(guesser, "GET", "users", "");
        }
        isProblem(refused, 429, "too-many-attempts");
        assertThat(Long.parseLong(refused.header("retry-after"))).isBetween(1L, 64L);
        assertThat(Calls.chat(rig).status()).as("calls are not administration").isEqualTo(200);
    }

    @Test
    void without_an_audit_log_nothing_is_changed() throws IOException {
        Path audit = rig.home().resolve("data/audit");
        Files.writeString(audit, "a file where a directory must be");
        Calls.Result refused = Admin.send(rig, "POST", "users", LISI);
        isProblem(refused, 503, "unavailable");
        assertThat(refused.json().path("detail").asText()).contains("audit log", "nothing was changed");
        nothingHasChanged();
        Files.delete(audit);
        assertThat(Admin.send(rig, "POST", "users", LISI).status()).isEqualTo(201);
    }

    @Test
    void without_a_place_for_versions_nothing_is_changed() throws IOException {
        Path backups = rig.home().resolve("data/backups");
        Path aside = rig.home().resolve("data/aside");
        Files.move(backups, aside);
        Files.writeString(backups, "a file where a directory must be");
        isProblem(Admin.send(rig, "POST", "users", LISI), 503, "unavailable");
        assertThat(Calls.chat(rig).status()).isEqualTo(200);
        assertThat(rig.read("config/users.yaml")).doesNotContain("lisi");
        Files.delete(backups);
        Files.move(aside, backups);
        assertThat(Admin.send(rig, "POST", "users", LISI).status()).isEqualTo(201);
    }

    @Test
    void a_configuration_that_cannot_be_taken_is_no_successful_reload() throws IOException {
        String good = rig.read("config/channels.yaml");
        rig.write("config/channels.yaml", good + "  beta: {base_url: nowhere}\n");
        Calls.Result refused = Admin.send(rig, "POST", "reload", "");
        isProblem(refused, 503, "not-in-force");
        assertThat(refused.json().path("detail").asText())
                .contains("channels.yaml", "channels.beta.base_url", "version 1 stays in force");
        Calls.Result change = Admin.send(rig, "POST", "users", LISI);
        isProblem(change, 422, "invalid");
        assertThat(change.text()).contains("channels.beta.base_url");
        nothingHasChanged();
        rig.write("config/channels.yaml", good);
        assertThat(Admin.send(rig, "POST", "reload", "").status()).isEqualTo(200);
        assertThat(Admin.send(rig, "POST", "users", LISI).status()).isEqualTo(201);
        List<String> outcomes = Admin.get(rig, "audit?action=reload").json().findValuesAsText("outcome");
        assertThat(outcomes).containsExactly("done", "not-in-force");
    }
}
