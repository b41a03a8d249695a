package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Accounts.credentials;
import static io.aiproxy.behaviour.Accounts.members;
import static io.aiproxy.behaviour.Accounts.served;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of one session stay at the member and credential that served it last; the calls of others take turns. */
@NeedsGateway
class SessionTest {
    private static final String LISI = "Authorization: Bearer pk_test_lisi";
    private static final String FIELDS =
            "session: {header: X-Session-Id, fields: [user, prompt_cache_key, metadata.user_id], keep: 1h}";

    @AutoClose
    private final Accounts accounts = new Accounts();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        RigConfig config = RigConfig.empty();
        for (String id : new String[] {"a", "b", "c"}) {
            config.channel(id, accounts.upstream());
        }
        rig = GatewayRig.start(config.group("g", "strategy: round-robin", members("a", "b", "c"), FIELDS)
                .user("zhangsan", GatewayRig.KEY, "g")
                .user("lisi", "pk_test_lisi", "g"));
    }

    private String by(String session) throws IOException {
        return Accounts.chat(rig, GatewayRig.AUTH, "x-session-id: " + session);
    }

    private String body(String body) throws IOException {
        return served(Calls.post(rig, Calls.CHAT, body, GatewayRig.AUTH));
    }

    /** Where sessions of these names are at home, once their first calls were served. */
    private Map<String, String> begin(String... sessions) throws IOException {
        Map<String, String> homes = new HashMap<>();
        for (String session : sessions) {
            homes.put(session, by(session));
        }
        return homes;
    }

    @Test
    void theHeaderKeepsCallsTogether() throws IOException {
        Map<String, String> homes = begin("one", "two", "three");
        assertThat(homes.values()).containsExactlyInAnyOrder("a", "b", "c");
        for (int i = 0; i < 10; i++) {
            for (String session : new String[] {"three", "one", "two"}) {
                assertThat(by(session)).isEqualTo(homes.get(session));
            }
        }
        Set<String> others = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            others.add(Accounts.chat(rig));
        }
        assertThat(others).as("calls without a session").containsExactlyInAnyOrder("a", "b", "c");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"model\":\"gpt-4o\",\"user\":\"%s\",\"messages\":[]}",
                "{\"model\":\"gpt-4o\",\"prompt_cache_key\":\"%s\",\"messages\":[]}",
                "{\"model\":\"gpt-4o\",\"metadata\":{\"other\":{\"user_id\":\"x\"},\"user_id\":\"%s\"},\"messages\":[]}",
                "{\"model\":\"gpt-4o\",\"messages\":[{\"user\":\"x\"}],\"user\":\"\",\"metadata\":{\"user_id\":\"%s\"}}",
            })
    void everyFieldOfTheBodyDoesToo(String body) throws IOException {
        String first = body(body.formatted("one"));
        String second = body(body.formatted("two"));
        assertThat(second).isNotEqualTo(first);
        for (int i = 0; i < 5; i++) {
            assertThat(body(body.formatted("one"))).isEqualTo(first);
            assertThat(body(body.formatted("two"))).isEqualTo(second);
        }
    }

    @Test
    void theHeaderCountsBeforeTheFieldsAndTheFieldsInTheirOrder() throws IOException {
        Map<String, String> homes = begin("one", "two");
        String both = "{\"metadata\":{\"user_id\":\"two\"},\"prompt_cache_key\":\"one\"}";
        assertThat(served(Calls.post(rig, Calls.CHAT, both, GatewayRig.AUTH, "X-Session-Id: two")))
                .isEqualTo(homes.get("two"));
        assertThat(body(both)).isEqualTo(homes.get("one"));
    }

    /** Every call of a conversation but its first goes home; the first ones must take turns all the same. */
    @Test
    void conversationsAreSpreadEvenlyHoweverManyCallsTheyMake() throws IOException {
        Map<String, Integer> homes = new HashMap<>();
        for (int session = 0; session < 30; session++) {
            String home = by("s" + session);
            homes.merge(home, 1, Integer::sum);
            assertThat(by("s" + session)).isEqualTo(home);
            assertThat(by("s" + session)).isEqualTo(home);
        }
        assertThat(homes).isEqualTo(Map.of("a", 10, "b", 10, "c", 10));
    }

    @Test
    void failoverMovesASession() throws IOException {
        String home = by("one");
        accounts.answers(home, Reply.json(503, "{}"));
        String next = by("one");
        assertThat(next).isNotEqualTo(home);
        accounts.isWell(home);
        for (int i = 0; i < 5; i++) {
            assertThat(by("one")).isEqualTo(next);
        }
    }

    @Test
    void aRefusedCallBindsNothing() throws IOException {
        for (String id : new String[] {"a", "b", "c"}) {
            accounts.answers(id, Reply.json(400, "{}"));
        }
        assertThat(Calls.post(rig, Calls.CHAT, Calls.BODY, GatewayRig.AUTH, "x-session-id: one")
                        .status())
                .isEqualTo(400);
        for (String id : new String[] {"a", "b", "c"}) {
            accounts.isWell(id);
        }
        String home = by("one");
        assertThat(accounts.upstream().requests().stream()
                        .map(Accounts::account)
                        .distinct())
                .as("the next call is the next turn's")
                .hasSize(2);
        assertThat(by("one")).isEqualTo(home);
    }

    @Test
    void nobodyMovesAnothersSession() throws IOException {
        String home = by("one");
        accounts.answers(home, Reply.json(503, "{}"));
        assertThat(Accounts.chat(rig, LISI, "x-session-id: one")).isNotEqualTo(home);
        accounts.isWell(home);
        assertThat(by("one")).isEqualTo(home);
    }

    @Test
    void aSessionStaysAtAMemberThatIsDrained() throws IOException {
        String home = by("one");
        rig.config()
                .group(
                        "g",
                        "strategy: round-robin",
                        members("a=" + zero(home, "a"), "b=" + zero(home, "b"), "c=" + zero(home, "c")),
                        FIELDS);
        rig.applyConfig();
        for (int i = 0; i < 6; i++) {
            assertThat(by("new-" + i)).isNotEqualTo(home);
            assertThat(by("one")).isEqualTo(home);
        }
    }

    private static int zero(String home, String id) {
        return home.equals(id) ? 0 : 1;
    }

    @ParameterizedTest
    @ValueSource(strings = {"channels: {a: {}, b: {weight: 0}}", "channels: [a]"})
    void itIsTheCredentialThatIsKept(String members) throws IOException {
        rig.config()
                .channel("a", accounts.upstream(), "strategy: round-robin", credentials("a1", "a2", "a3"))
                .group("g", members, FIELDS);
        rig.applyConfig();
        Map<String, String> homes = begin("one", "two", "three");
        assertThat(homes.values()).containsExactlyInAnyOrder("a1", "a2", "a3");
        for (int i = 0; i < 5; i++) {
            for (String session : new String[] {"three", "one", "two"}) {
                assertThat(by(session)).isEqualTo(homes.get(session));
            }
        }
    }

    /** A session orders what the rules allow; it allows nothing by itself. */
    @Test
    void aSessionLeadsNowhereThatTheCallMayNotGo() throws IOException {
        rig.config()
                .channel("a", accounts.upstream(), "models: [gpt-4o]")
                .channel("b", accounts.upstream(), "models: [gpt-4o, qwen-plus]")
                .group("g", "strategy: priority", members("a", "b"), FIELDS)
                .userLines(
                        "zhangsan",
                        "channels: [g]",
                        "keys:\n  - {proxy_key: " + GatewayRig.KEY + ", name: all}\n"
                                + "  - {proxy_key: pk_test_narrow, name: narrow, channels: [b]}");
        rig.applyConfig();
        assertThat(by("one")).isEqualTo("a");
        String other = "{\"model\":\"qwen-plus\",\"messages\":[]}";
        assertThat(served(Calls.post(rig, Calls.CHAT, other, GatewayRig.AUTH, "x-session-id: one")))
                .as("its home does not serve this model")
                .isEqualTo("b");
        assertThat(Accounts.chat(rig, "Authorization: Bearer pk_test_narrow", "x-session-id: one"))
                .as("its home was not granted to this key")
                .isEqualTo("b");
        assertThat(Calls.post(rig, "/a" + Calls.CHAT, Calls.BODY, GatewayRig.AUTH, "x-session-id: one")
                        .header("x-aiproxy-channel"))
                .as("its channel was named")
                .isEqualTo("a");
    }
}
