package io.aiproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Entries: lists, conditions, changes, what is wrong with them. */
class AdminApiTest {
    @TempDir
    private Path directory;

    private AdminRig rig;

    @BeforeEach
    void start() {
        rig = new AdminRig(directory);
    }

    private long version() throws Exception {
        return rig.store.state().version();
    }

    private static final String WANGWU =
            "{\"id\": \"wangwu\", \"channels\": [\"alpha\"], \"proxy_key\": \"pk_test_wangwu\"}";

    @Test
    void lists_filter_search_sort_and_turn_pages() {
        rig.send("POST", "users", WANGWU);
        JsonNode page = rig.get("users?sort=-id&limit=2").json();
        assertThat(page.path("total").asInt()).isEqualTo(3);
        assertThat(page.at("/items/0/id").asText()).isEqualTo("zhangsan");
        assertThat(page.path("next").asText()).isEqualTo("/api/v1/users?sort=-id&limit=2&offset=2");
        assertThat(rig.get("users?status=disabled").json().at("/items/0/id").asText())
                .isEqualTo("lisi");
        assertThat(rig.get("users?channels=beta").json().path("total").asInt()).isEqualTo(1);
        assertThat(rig.get("users?q=VIP").json().at("/items/0/id").asText()).isEqualTo("zhangsan");
        assertThat(rig.get("users?offset=99").json().path("items")).isEmpty();
    }

    @Test
    void what_is_read_has_a_tag_and_is_not_sent_again() {
        String etag = rig.get("users/zhangsan").etag();
        AdminRig.Answer again = rig.get("users/zhangsan", "If-None-Match", etag);
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.text()).isEmpty();
        String all = rig.get("users").etag();
        rig.send("POST", "users", WANGWU);
        assertThat(rig.get("users", "If-None-Match", all).status()).isEqualTo(200);
    }

    @Test
    void a_change_is_in_force_when_it_is_answered() {
        AdminRig.Answer made = rig.send("POST", "users", WANGWU);
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.headers()).containsEntry("location", "/api/v1/users/wangwu");
        assertThat(rig.snapshot().users()).containsKey("wangwu");
        assertThat(rig.send("POST", "users", WANGWU).problem()).isEqualTo("exists");
    }

    @Test
    void the_same_again_makes_no_version() throws Exception {
        String body = "{\"channels\": [\"alpha\"], \"proxy_key\": \"pk_test_wangwu\"}";
        assertThat(rig.send("PUT", "users/wangwu", body).status()).isEqualTo(201);
        long version = version();
        assertThat(rig.send("PUT", "users/wangwu", body).status()).isEqualTo(200);
        assertThat(version()).isEqualTo(version);
    }

    @Test
    void what_was_shown_can_be_sent_back() throws Exception {
        for (String entry : List.of("users/zhangsan", "users/lisi", "channels/alpha", "channels/beta")) {
            AdminRig.Answer read = rig.get(entry);
            assertThat(read.text())
                    .doesNotContain("sk-YOUR", AdminRig.KEY, "pk_test_lisi_0001")
                    .contains("***");
            long version = version();
            assertThat(rig.send("PUT", entry, read.text()).status()).isEqualTo(200);
            assertThat(version()).isEqualTo(version);
        }
        AdminRig.Answer wrong =
                rig.send("PUT", "channels/alpha", "{\"base_url\": \"https://a.example.com\", \"api_key\": \"x***\"}");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.json().at("/errors/0/pointer").asText()).isEqualTo("/api_key");
    }

    @Test
    void a_patch_takes_away_what_is_null() {
        AdminRig.Answer patched = rig.send("PATCH", "users/zhangsan", "{\"department\": null, \"contact\": \"1234\"}");
        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.json().has("department")).isFalse();
        assertThat(rig.snapshot().users().get("zhangsan").contact()).isEqualTo("1234");
        assertThat(rig.send("PATCH", "users/nobody", "{}").problem()).isEqualTo("not-found");
    }

    @Test
    void conditions_are_honoured() {
        String etag = rig.get("users/lisi").etag();
        assertThat(rig.send("PATCH", "users/lisi", "{\"name\": \"Li\"}", "If-Match", etag)
                        .status())
                .isEqualTo(200);
        assertThat(rig.send("PATCH", "users/lisi", "{\"name\": \"Si\"}", "If-Match", etag)
                        .problem())
                .isEqualTo("precondition-failed");
        assertThat(rig.send("DELETE", "users/lisi", "", "If-Match", etag).status())
                .isEqualTo(412);
        assertThat(rig.send("PUT", "users/lisi", "{}", "If-None-Match", "*").status())
                .isEqualTo(412);
        assertThat(rig.send("DELETE", "users/lisi", "").status()).isEqualTo(204);
        assertThat(rig.get("users/lisi").status()).isEqualTo(404);
    }

    @Test
    void what_is_wrong_is_pointed_at() {
        AdminRig.Answer wrong = rig.send("PUT", "users/wangwu", """
                {"channels": ["alpha"], "stauts": "active", "keys": [{"name": "a", "proxy_key": "pk_test_wangwu",
                 "status": "actve"}], "limits": [{"requests": -1, "per": "minute"}]}""");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.headers()).containsEntry("content-type", "application/problem+json");
        assertThat(wrong.json().path("errors").findValuesAsText("pointer"))
                .contains("/keys/0/status", "/limits/0/requests", "");
        assertThat(wrong.text()).contains("stauts");
    }

    @Test
    void what_is_needed_cannot_be_deleted() {
        AdminRig.Answer refused = rig.send("DELETE", "channels/alpha", "");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("users.zhangsan.channels");
    }

    @Test
    void somebody_else_s_change_of_something_else_is_no_conflict() {
        Change other = change("wangwu", "{\"channels\": [\"alpha\"], \"proxy_key\": \"pk_test_wangwu\"}");
        rig.store.beforeNextApply(() -> apply(other));
        assertThat(rig.send("PATCH", "users/lisi", "{\"name\": \"Li\"}").status())
                .isEqualTo(200);
        assertThat(rig.snapshot().users()).containsKey("wangwu");
        Change same = change("lisi", "{\"channels\": [\"beta\"], \"proxy_key\": \"pk_test_lisi_0001\"}");
        rig.store.beforeNextApply(() -> apply(same));
        assertThat(rig.send("PATCH", "users/lisi", "{\"name\": \"Si\"}").problem())
                .isEqualTo("conflict");
    }

    private static Change change(String id, String body) {
        return new Change(Kind.USER, id, Optional.of(AdminRig.json(body)));
    }

    private void apply(Change change) {
        try {
            rig.store.apply(rig.store.state().tag(), List.of(change), Author.CLI, "");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "", "{\"a\":1,\"a\":2}", "{} {}", "\"\\ud800\"", "{\"a\":\"\\u0000\"}", "nul"})
    void what_is_no_json_object_cannot_be_read(String body) {
        AdminRig.Answer answer = rig.send("PUT", "users/x", body, "Content-Type", "application/json");
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isEqualTo("malformed");
    }

    @Test
    void other_types_and_large_bodies_are_refused() {
        assertThat(rig.send("PUT", "users/x", "{}", "Content-Type", "text/plain")
                        .status())
                .isEqualTo(415);
        assertThat(rig.send("POST", "users/import", "{}").status()).isEqualTo(415);
        String large = "{\"name\": \"" + "x".repeat(1 << 20) + "\"}";
        assertThat(rig.send("PUT", "users/x", large).status()).isEqualTo(413);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, nothing, 404",
        "GET, users/, 404",
        "GET, users/a/b/c/d, 404",
        "GET, users/%zz, 400",
        "PUT, users, 405",
        "DELETE, me, 405",
        "GET, users?limit=0, 400",
        "GET, users?sort=%20, 400",
        "GET, audit?x=1, 400",
        "GET, versions/x, 404",
        "GET, versions/99, 404",
        "GET, users?a b=1, 400",
        "GET, channels?format=csv, 400",
        "GET, users?limit=1&limit=2, 400"
    })
    void paths_methods_and_parameters_that_are_not_there(String method, String target, int status) {
        AdminRig.Answer answer = rig.send(method, target, "");
        assertThat(answer.status()).isEqualTo(status);
        if (status == 405) {
            assertThat(answer.headers().get("allow")).contains("OPTIONS");
        }
    }

    @Test
    void the_system_s_entries_and_aliases_stand_under_value() {
        assertThat(rig.send("PUT", "system/retry", "{\"value\": {\"max_attempts\": 7}}")
                        .status())
                .isEqualTo(201);
        assertThat(rig.snapshot().system().retry().maxAttempts()).isEqualTo(7);
        AdminRig.Answer wrong = rig.send("PATCH", "system/retry", "{\"value\": {\"max_attempts\": 0}}");
        assertThat(wrong.json().at("/errors/0/pointer").asText()).isEqualTo("/value/max_attempts");
        assertThat(rig.send("PUT", "model-aliases/a%2Ffast", "{\"value\": \"gpt-5\"}")
                        .status())
                .isEqualTo(201);
        assertThat(rig.snapshot().modelAliases()).containsEntry("a/fast", "gpt-5");
        assertThat(rig.send("PUT", "system/retry", "{\"max_attempts\": 7}").status())
                .isEqualTo(422);
    }

    @Test
    void user_groups_and_channel_groups_are_entries_like_others() {
        assertThat(rig.send(
                                "PUT",
                                "user-groups/team",
                                "{\"channels\": [\"alpha\"], \"limits\": [{\"requests\": 5, \"per\": \"day\"}]}")
                        .status())
                .isEqualTo(201);
        assertThat(rig.send("PUT", "channel-groups/both", "{\"channels\": [\"alpha\", \"beta\"]}")
                        .status())
                .isEqualTo(201);
        assertThat(rig.snapshot().userGroups()).containsKey("team");
        assertThat(rig.snapshot().groups()).containsKey("both");
        assertThat(rig.get("limits?scope=user_group")
                        .json()
                        .at("/items/0/limit/requests")
                        .asInt())
                .isEqualTo(5);
        assertThat(rig.get("mappings?user=zhangsan").json().path("total").asInt())
                .isEqualTo(2);
    }

    @Test
    void old_records_are_understood() {
        AdminRig.Answer made = rig.send("POST", "users", """
                {"user": "old", "channel": "alpha", "proxy_key": "pk_test_old_00001", "status": "active",
                 "description": "tablet", "created_at": "2025-07-09"}""");
        assertThat(made.status()).isEqualTo(201);
        assertThat(rig.snapshot().users().get("old").keys().get(0).name()).isEqualTo("tablet");
    }

    @Test
    void a_user_without_a_key_gets_one() {
        AdminRig.Answer made = rig.send("POST", "users", "{\"id\": \"neu\", \"channels\": [\"alpha\"]}");
        String key = made.json().at("/new_key/proxy_key").asText();
        assertThat(key).startsWith("pk_");
        assertThat(rig.snapshot().users().get("neu").keys().get(0).digest()).isEqualTo(KeyDigest.of(key));
    }

    @Test
    void versions_are_told_apart_and_gone_back_to() throws Exception {
        rig.send("PATCH", "channels/alpha", "{\"api_key\": \"sk-YOUR_KEY_HERE-9\"}");
        JsonNode diff = rig.get("versions/2/diff").json();
        assertThat(diff.at("/changes/0/only_secrets").asBoolean()).isTrue();
        assertThat(rig.get("versions/1").text()).doesNotContain("sk-YOUR").contains("zhangsan");
        AdminRig.Answer token = rig.send("POST", "admin-tokens", "{\"id\": \"x\", \"role\": \"admin\"}");
        rig.send("DELETE", "admin-tokens/x", "");
        AdminRig.Answer back = rig.send("POST", "versions/3/rollback", "");
        assertThat(back.status()).isEqualTo(200);
        assertThat(rig.as(token.json().path("token").asText(), "GET", "/api/v1/users", "")
                        .status())
                .isEqualTo(401);
        assertThat(rig.send("POST", "versions/1/rollback", "")
                        .json()
                        .path("changes")
                        .asInt())
                .isEqualTo(1);
        assertThat(rig.store
                        .state()
                        .entries()
                        .of(Kind.CHANNEL)
                        .get("alpha")
                        .path("api_key")
                        .asText())
                .isEqualTo(AdminRig.API_KEY);
        assertThat(rig.get("versions?limit=1").json().path("next").asText()).contains("before=");
    }

    @Test
    void a_store_that_is_gone_is_said_so() {
        rig.store.broken(true);
        assertThat(rig.get("users").problem()).isEqualTo("unavailable");
        assertThat(rig.send("POST", "users", WANGWU).status()).isEqualTo(503);
    }

    @Test
    void what_is_kept_and_not_in_force_is_no_success() {
        rig.store.watch(() -> rig.store.broken(true)); // right after the change
        AdminRig.Answer kept = rig.send("POST", "users", "{\"id\": \"neu\", \"channels\": [\"alpha\"]}");
        assertThat(kept.status()).isEqualTo(503);
        assertThat(kept.headers()).containsEntry("content-type", "application/problem+json");
        assertThat(kept.problem()).isEqualTo("not-in-force");
        assertThat(kept.json().path("detail").asText()).contains("kept", "the memory is gone");
        String key = kept.json().at("/answer/new_key/proxy_key").asText(); // is shown nowhere else
        assertThat(rig.snapshot().users()).doesNotContainKey("neu");
        assertThat(rig.send("POST", "reload", "").problem()).isEqualTo("not-in-force");
        rig.store.broken(false);
        assertThat(rig.send("POST", "reload", "").status()).isEqualTo(200);
        assertThat(rig.snapshot().users().get("neu").keys().get(0).digest()).isEqualTo(KeyDigest.of(key));
    }

    @Test
    void the_same_change_once_more_brings_what_is_only_kept_into_force() throws Exception {
        AutoCloseable trouble = rig.store.watch(() -> rig.store.broken(true));
        assertThat(rig.send("DELETE", "users/lisi", "").problem()).isEqualTo("not-in-force");
        assertThat(rig.audit.all().get(rig.audit.all().size() - 1).outcome()).isEqualTo("done");
        trouble.close();
        rig.store.broken(false);
        String same = "{\"name\": \"Zhang San\"}";
        assertThat(rig.send("PATCH", "users/zhangsan", same).status()).isEqualTo(200);
        assertThat(rig.snapshot().users()).doesNotContainKey("lisi");
    }
}
