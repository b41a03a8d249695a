package io.aiproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.store.AuditEvent;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.Kind;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what, what is kept secret, what the audit log holds, and the keys. */
class RightsTest {
    @TempDir
    private Path directory;

    private AdminRig rig;

    @BeforeEach
    void start() {
        rig = new AdminRig(directory);
    }

    private AdminRig.Answer as(String token, String method, String target, String body) {
        return rig.as(token, method, "/api/v1/" + target, body);
    }

    @Test
    void nobody_comes_in_without_a_token() throws Exception {
        assertThat(as("", "GET", "users", "").problem()).isEqualTo("unauthorized");
        assertThat(as("aat_wrong", "GET", "users", "").headers()).containsKey("www-authenticate");
        assertThat(as("", "GET", "openapi.json", "").status()).isEqualTo(200);
        for (String id : List.of("helper", "guest")) {
            assertThat(rig.send("DELETE", "admin-tokens/" + id, "").status()).isEqualTo(204);
        }
        rig.store.apply(
                rig.store.state().tag(),
                List.of(new Change(Kind.ADMIN_TOKEN, "root", Optional.empty())),
                new Author("cli", ""),
                "");
        rig.send("POST", "reload", "");
        assertThat(as(AdminRig.ADMIN, "GET", "users", "").problem()).isEqualTo("no-admin-token");
        assertThat(as("", "GET", "users", "").json().path("detail").asText()).contains("aiproxy admin token new");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"status\": \"disabled\"}", "{\"role\": \"operator\"}", "{\"expires_at\": \"2020-01-01\"}", ""
            })
    void the_last_way_in_is_not_taken_away(String patch) {
        String method = patch.isEmpty() ? "DELETE" : "PATCH";
        assertThat(rig.send(method, "admin-tokens/root", patch).problem()).isEqualTo("last-admin-token");
        assertThat(rig.get("users").status()).isEqualTo(200);
        String expired = "{\"id\": \"old\", \"role\": \"admin\", \"expires_at\": \"2020-01-01\"}";
        assertThat(rig.send("POST", "admin-tokens", expired).status()).isEqualTo(201);
        assertThat(rig.send(method, "admin-tokens/root", patch).status()).isEqualTo(409);
        assertThat(rig.send("DELETE", "admin-tokens/old", "").status()).isEqualTo(204);
        rig.send("POST", "admin-tokens", "{\"id\": \"other\", \"role\": \"admin\"}");
        assertThat(rig.send(method, "admin-tokens/root", patch).status()).isIn(200, 204);
        assertThat(rig.send("POST", "admin-tokens", "{}").status()).isIn(401, 403);
    }

    @Test
    void the_last_way_in_may_be_given_an_end_that_is_to_come() {
        rig.millis.set(Instant.parse("2026-05-01T12:00:00Z").toEpochMilli());
        for (String end : List.of("2026-05-01", "2026-05-01T12:00:01Z", "2030-01-01")) {
            String patch = "{\"expires_at\": \"" + end + "\"}";
            assertThat(rig.send("PATCH", "admin-tokens/root", patch).status())
                    .as(end)
                    .isEqualTo(200);
        }
        assertThat(rig.send("PATCH", "admin-tokens/root", "{\"expires_at\": null}")
                        .status())
                .isEqualTo(200);
        for (String end : List.of("2026-05-01T12:00:00Z", "2026-04-30", "${env:END}")) {
            String patch = "{\"expires_at\": \"" + end + "\"}";
            assertThat(rig.send("PATCH", "admin-tokens/root", patch).problem())
                    .as(end)
                    .isEqualTo("last-admin-token");
        }
        assertThat(rig.send("PATCH", "admin-tokens/root", "{\"expires_at\": \"soon\"}")
                        .problem())
                .isEqualTo("invalid");
    }

    @Test
    void guessing_is_slowed_down_and_forgiven() {
        for (int i = 0; i < 5; i++) {
            assertThat(as("aat_wrong", "GET", "users", "").status()).isEqualTo(401);
        }
        AdminRig.Answer blocked = as(AdminRig.ADMIN, "GET", "users", "");
        assertThat(blocked.status()).isEqualTo(429);
        assertThat(blocked.headers()).containsEntry("retry-after", "1");
        rig.millis.addAndGet(1000);
        assertThat(as("aat_wrong", "GET", "users", "").status()).isEqualTo(401);
        assertThat(as(AdminRig.ADMIN, "GET", "users", "").headers()).containsEntry("retry-after", "2");
        rig.millis.addAndGet(2000);
        assertThat(as(AdminRig.ADMIN, "GET", "users", "").status()).isEqualTo(200);
        assertThat(as("aat_wrong", "GET", "users", "").status()).isEqualTo(401);
        assertThat(as(AdminRig.ADMIN, "GET", "users", "").status()).isEqualTo(200);
    }

    @Test
    void other_addresses_are_refused() {
        rig.address = "10.1.2.3";
        assertThat(rig.get("users").problem()).isEqualTo("address-not-allowed");
        assertThat(rig.send("PUT", "system/admin", "{\"value\": {\"allowed_ips\": [\"10.0.0.0/8\"]}}")
                        .status())
                .isEqualTo(403);
        rig.address = "::1";
        assertThat(rig.send("PUT", "system/admin", "{\"value\": {\"allowed_ips\": [\"10.0.0.0/8\"]}}")
                        .status())
                .isEqualTo(201);
        rig.address = "10.1.2.3";
        assertThat(rig.get("users").status()).isEqualTo(200);
    }

    @Test
    void scripts_of_other_origins_are_let_in_by_name_only() {
        assertThat(rig.get("users", "Origin", "https://console.example.com").headers())
                .doesNotContainKey("access-control-allow-origin")
                .containsEntry("cache-control", "no-store");
        rig.send("PUT", "system/admin", "{\"value\": {\"cors_origins\": [\"https://console.example.com\"]}}");
        assertThat(rig.get("users", "Origin", "https://console.example.com").headers())
                .containsEntry("access-control-allow-origin", "https://console.example.com");
        assertThat(rig.as(
                                "",
                                "OPTIONS",
                                "/api/v1/users",
                                "",
                                "Origin",
                                "https://console.example.com",
                                "Access-Control-Request-Method",
                                "POST")
                        .headers()
                        .get("access-control-allow-methods"))
                .contains("POST");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "aat_test_viewer_0123456789|PATCH|users/lisi|{\"name\": \"L\"}|403",
                "aat_test_viewer_0123456789|GET|channels|''|200",
                "aat_test_operator_0123456789|PATCH|users/lisi|{\"name\": \"L\"}|200",
                "aat_test_operator_0123456789|PATCH|users/lisi|{\"name\": \"${env:HOME}\"}|403",
                "aat_test_operator_0123456789|PATCH|channels/alpha|{\"status\": \"disabled\"}|200",
                "aat_test_operator_0123456789|PATCH|channels/alpha|{\"api_key\": \"sk-YOUR_OTHER_HERE\"}|403",
                "aat_test_operator_0123456789|PATCH|channels/alpha|{\"base_url\": \"https://elsewhere.example.com\"}|403",
                "aat_test_operator_0123456789|PUT|channels/neu|{\"base_url\": \"https://elsewhere.example.com\", \"auth\": \"none\"}|403",
                "aat_test_operator_0123456789|POST|channels/alpha/credentials|{\"api_key\": \"sk-YOUR_OTHER_HERE\"}|403",
                "aat_test_operator_0123456789|DELETE|admin-tokens/guest|''|403",
                "aat_test_operator_0123456789|PUT|system/admin|{\"value\": {}}|403",
                "aat_test_operator_0123456789|POST|versions/1/rollback|''|403",
                "pk_test_zhangsan|GET|users|''|403",
                "pk_test_zhangsan|GET|me|''|200",
                "pk_test_lisi_0001|GET|me|''|401"
            })
    void roles(String token, String method, String target, String body, int status) {
        assertThat(as(token, method, target, body).status()).isEqualTo(status);
    }

    @Test
    void a_user_reads_what_is_the_user_s_own() {
        AdminRig.Answer me = as(AdminRig.KEY, "GET", "me", "");
        assertThat(me.json().at("/user/id").asText()).isEqualTo("zhangsan");
        assertThat(me.json().at("/keys/0/name").asText()).isEqualTo("laptop");
        assertThat(me.text()).doesNotContain(AdminRig.KEY, "sha256", "lisi");
        assertThat(rig.get("me").json().path("role").asText()).isEqualTo("admin");
    }

    @Test
    void every_change_and_every_refusal_is_told_without_secrets() {
        rig.send("PATCH", "channels/alpha", "{\"api_key\": \"sk-YOUR_KEY_HERE-9\", \"priority\": 3}");
        as(AdminRig.VIEWER, "DELETE", "users/lisi", "");
        rig.send("DELETE", "channels/alpha", "");
        assertThat(rig.audit.all())
                .extracting(AuditEvent::action, AuditEvent::outcome, event -> event.author()
                        .name())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("channel.update", "attempted", "root"),
                        org.assertj.core.groups.Tuple.tuple("channel.update", "done", "root"),
                        org.assertj.core.groups.Tuple.tuple("user.delete", "forbidden", "guest"),
                        org.assertj.core.groups.Tuple.tuple("channel.delete", "attempted", "root"),
                        org.assertj.core.groups.Tuple.tuple("channel.delete", "invalid", "root"));
        assertThat(rig.audit.all().toString()).doesNotContain("sk-YOUR").contains("\"priority\":3");
        assertThat(rig.get("audit?action=channel.&format=ndjson").text().lines())
                .hasSize(4);
        assertThat(rig.get("audit?format=csv").text()).startsWith("at,author,");
        assertThat(rig.get("audit?author=guest").json().at("/items/0/target").asText())
                .isEqualTo("lisi");
    }

    @Test
    void what_cannot_be_told_is_not_done() throws Exception {
        long version = rig.store.state().version();
        rig.audit.broken(true);
        assertThat(rig.send("PATCH", "users/lisi", "{\"name\": \"L\"}").status())
                .isEqualTo(503);
        assertThat(rig.store.state().version()).isEqualTo(version);
    }

    @Test
    void keys_are_made_shown_once_rotated_and_deleted() {
        AdminRig.Answer made = rig.send("POST", "users/lisi/keys", "{\"name\": \"tablet\"}");
        assertThat(made.status()).isEqualTo(201);
        String key = made.json().path("proxy_key").asText();
        assertThat(key).matches("pk_[0-9A-Za-z]{33}");
        AdminRig.Answer list = rig.get("users/lisi/keys");
        assertThat(list.text()).doesNotContain(key, "sha256");
        assertThat(list.json().at("/items/1/prefix").asText()).isEqualTo(key.substring(0, 12));
        assertThat(list.json().at("/items/0/name").asText()).isEqualTo("default");
        AdminRig.Answer rotated = rig.send("POST", "users/lisi/keys/tablet/rotate", "{\"grace\": \"2h\"}");
        assertThat(rotated.json().at("/previous/until").asText()).isEqualTo("2026-05-01T02:00:00Z");
        assertThat(rotated.json().path("proxy_key").asText()).startsWith("pk_").isNotEqualTo(key);
        assertThat(rig.snapshot()
                        .users()
                        .get("lisi")
                        .keys()
                        .get(1)
                        .previous()
                        .orElseThrow()
                        .digest())
                .isEqualTo(KeyDigest.of(key));
        assertThat(rig.send("PATCH", "users/lisi/keys/tablet", "{\"status\": \"disabled\"}")
                        .json()
                        .path("status")
                        .asText())
                .isEqualTo("disabled");
        AdminRig.Answer wrong = rig.send("PATCH", "users/lisi/keys/tablet", "{\"status\": \"x\"}");
        assertThat(wrong.json().at("/errors/0/pointer").asText()).isEqualTo("/status");
        assertThat(rig.send("POST", "users/lisi/keys", "{\"name\": \"tablet\"}").status())
                .isEqualTo(409);
        assertThat(rig.send("DELETE", "users/lisi/keys/tablet", "").status()).isEqualTo(204);
        assertThat(rig.send("DELETE", "users/lisi/keys/default", "").status()).isEqualTo(422);
    }

    @Test
    void where_digests_are_kept_no_key_is_written() throws Exception {
        rig = new AdminRig(directory, "{\"keys\": {\"store\": \"sha256\"}}");
        String key = rig.send("POST", "users/lisi/keys", "{\"begins_with\": \"pk_team_\"}")
                .json()
                .path("proxy_key")
                .asText();
        rig.send("PUT", "users/neu", "{\"channels\": [\"alpha\"], \"proxy_key\": \"pk_test_neu_00001\"}");
        String users = rig.store.state().entries().of(Kind.USER).toString();
        assertThat(users)
                .doesNotContain(key, "pk_test_neu_00001")
                .contains("pk_test_lisi_0001", KeyDigest.of(key).hex());
        assertThat(rig.snapshot().users().get("neu").keys().get(0).digest())
                .isEqualTo(KeyDigest.of("pk_test_neu_00001"));
        assertThat(rig.get("users/lisi/keys/key-2").json().path("prefix").asText())
                .isEqualTo(key.substring(0, 12));
    }

    @Test
    void credentials_go_in_and_never_come_out() throws Exception {
        assertThat(rig.send("POST", "channels/alpha/credentials", "{\"api_key\": \"sk-YOUR_KEY_HERE-7\"}")
                        .json()
                        .path("name")
                        .asText())
                .isEqualTo("credential-2");
        AdminRig.Answer list = rig.get("channels/alpha/credentials");
        assertThat(list.text()).doesNotContain("sk-YOUR").contains("default", "***");
        rig.send("PATCH", "channels/beta/credentials/two", "{\"weight\": 5}");
        JsonNode beta = rig.store.state().entries().of(Kind.CHANNEL).get("beta");
        assertThat(beta.at("/credentials/1/api_key").asText()).isEqualTo("sk-YOUR_KEY_HERE-3");
        assertThat(beta.at("/credentials/1/weight").asInt()).isEqualTo(5);
        assertThat(rig.send("DELETE", "channels/beta/credentials/one", "").status())
                .isEqualTo(204);
        assertThat(rig.send("PUT", "channels/beta/credentials/three", "{\"api_key\": \"sk-YOUR_KEY_HERE-8\"}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void admin_tokens_are_shown_once() {
        AdminRig.Answer made =
                rig.send("POST", "admin-tokens", "{\"id\": \"ops\", \"role\": \"operator\", \"expires\": \"1d\"}");
        String token = made.json().path("token").asText();
        assertThat(token).startsWith("aat_");
        assertThat(rig.get("admin-tokens").text()).doesNotContain(token, "sha256");
        assertThat(as(token, "GET", "users", "").status()).isEqualTo(200);
        rig.millis.addAndGet(86_400_000);
        assertThat(as(token, "GET", "users", "").status()).isEqualTo(401);
        assertThat(rig.send("PATCH", "admin-tokens/ops", "{\"role\": \"king\"}").status())
                .isEqualTo(422);
        assertThat(rig.send("POST", "admin-tokens", "{\"id\": \"x\", \"role\": \"admin\", \"expires\": \"soon\"}")
                        .status())
                .isEqualTo(422);
    }

    private AdminRig.Answer table(String query, String csv) {
        return rig.as(
                AdminRig.ADMIN, "POST", "/api/v1/users/import" + query, csv, "Content-Type", "text/csv; charset=utf-8");
    }

    @Test
    void users_come_and_go_as_a_table() throws Exception {
        rig.send("PATCH", "users/lisi", "{\"name\": \"=1+1\"}");
        AdminRig.Answer csv = rig.get("users?format=csv");
        assertThat(csv.text()).contains("lisi,'=1+1,").doesNotContain("pk_test");
        long version = rig.store.state().version();
        assertThat(table("", csv.text()).json().path("unchanged").asInt()).isEqualTo(2);
        assertThat(rig.store.state().version()).isEqualTo(version);

        String rows = "id,department,channels\r\nlisi,Sales,alpha;beta\r\nneu,Lab,alpha\r\n";
        assertThat(table("?dry_run=true", rows).json().path("created").asInt()).isEqualTo(1);
        assertThat(rig.snapshot().users()).doesNotContainKey("neu");
        JsonNode report = table("", rows).json();
        assertThat(report.at("/lines/1/proxy_key").asText()).startsWith("pk_");
        assertThat(rig.snapshot().users().get("lisi").channels()).hasSize(2);
        assertThat(rig.snapshot().users().get("lisi").name()).isEqualTo("=1+1");
    }

    @Test
    void a_table_is_taken_as_a_whole_or_not_at_all() throws Exception {
        long version = rig.store.state().version();
        for (String query : List.of("", "?dry_run=true")) {
            AdminRig.Answer wrong = table(query, "id,channels\r\nneu,alpha\r\nbad,gamma\r\n");
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.json().at("/errors/0/pointer").asText()).isEqualTo("/3/channels");
        }
        assertThat(table("", "id,id2\r\nx,y\r\n").status()).isEqualTo(400);
        assertThat(table("", "id,channels\r\nx,alpha\r\nx,beta\r\n").status()).isEqualTo(422);
        assertThat(rig.store.state().version()).isEqualTo(version);
    }

    @Test
    void what_is_done_and_is_no_entry() {
        assertThat(rig.send("POST", "reload", "").json().path("users").asInt()).isEqualTo(2);
        assertThat(rig.send("POST", "channels/alpha/test", "")
                        .json()
                        .path("well")
                        .asBoolean())
                .isTrue();
        assertThat(rig.send("POST", "channels/none/test", "").status()).isEqualTo(404);
        JsonNode explained =
                rig.send("POST", "explain", "{\"user\": \"zhangsan\"}").json();
        assertThat(explained.at("/limits/0/limit/requests").asInt()).isEqualTo(60);
        assertThat(rig.send("POST", "explain", "{\"user\": \"nobody\"}").status())
                .isEqualTo(404);
        assertThat(rig.send("POST", "explain", "{\"user\": \"a\", \"key\": \"b\"}")
                        .status())
                .isEqualTo(422);
    }
}
