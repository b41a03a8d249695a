package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Accounts.members;
import static io.aiproxy.behaviour.Accounts.served;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom a group stands for: by its place among a user's channels, by the beginning of keys, by the model. */
@NeedsGateway
class GroupTest {
    @AutoClose
    private final Accounts accounts = new Accounts();

    @AutoClose
    private final FakeUpstream elsewhere = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        RigConfig config = RigConfig.empty();
        for (String id : List.of("red-1", "red-2", "team-1", "team-2", "open", "shared")) {
            config.channel(id, accounts.upstream());
        }
        rig = GatewayRig.start(
                config.group("team", "strategy: round-robin", members("team-1", "team-2"), "key_prefixes: [team-]")
                        .group(
                                "red",
                                "strategy: round-robin",
                                members("red-1", "red-2"),
                                "key_prefixes: [team-red-, rouge-, both-]")
                        .group("shared-group", members("shared"), "key_prefixes: [both-]")
                        .userLines(
                                "zhangsan",
                                "channels: [open, team, red, shared-group]",
                                "keys: [team-key-zhangsan, team-red-zhangsan, rouge-zhangsan, both-zhangsan, pk_test_zhangsan]")
                        .userLines("lisi", "channels: [open, team]", "keys: [team-red-lisi, rouge-key-lisi]"));
    }

    private static String key(String key) {
        return "Authorization: Bearer " + key;
    }

    private Calls.Result call(String key, String model) throws IOException {
        return Calls.post(rig, Calls.CHAT, "{\"model\":\"" + model + "\",\"messages\":[]}", key(key));
    }

    /** Who serves a key's calls. */
    private Set<String> reached(String key) throws IOException {
        Set<String> reached = new TreeSet<>();
        for (int i = 0; i < 4; i++) {
            reached.add(Accounts.chat(rig, key(key)));
        }
        return reached;
    }

    @ParameterizedTest
    @CsvSource({
        "team-key-zhangsan, team-1 team-2",
        "team-red-zhangsan, red-1 red-2",
        "rouge-zhangsan, red-1 red-2",
        "pk_test_zhangsan, open",
    })
    void theBeginningOfAKeyLeadsToItsGroupTheLongestOneFirst(String key, String channels) throws IOException {
        assertThat(reached(key)).containsExactly(channels.split(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "team-key-zhangsan, red-1",
        "team-key-zhangsan, open",
        "team-red-zhangsan, team-1",
        "rouge-zhangsan, shared"
    })
    void andToNoOtherChannelOfItsUser(String key, String channel) throws IOException {
        Calls.post(rig, "/" + channel + Calls.CHAT, Calls.BODY, key(key)).isFailure(403, "channel_not_allowed");
        assertThat(served(Calls.post(rig, "/" + channel + Calls.CHAT, Calls.BODY, key("pk_test_zhangsan"))))
                .as("a key without such a beginning reaches all")
                .isEqualTo(channel);
    }

    @Test
    void severalGroupsMayHaveTheSamePrefix() throws IOException {
        assertThat(reached("both-zhangsan")).containsExactly("red-1", "red-2");
        accounts.answers("red-1", Reply.json(401, "{}"));
        accounts.answers("red-2", Reply.json(401, "{}"));
        assertThat(reached("both-zhangsan")).containsExactly("shared");
    }

    @ParameterizedTest
    @CsvSource({"team-red-lisi", "rouge-key-lisi"})
    void aPrefixOfAGroupThatWasNotGrantedReachesNothing(String key) throws IOException {
        call(key, "gpt-4o").isFailure(403, "channel_not_allowed");
        assertThat(accounts.upstream().requests()).isEmpty();
    }

    @Test
    void failoverGoesThroughTheGroupAndThenToTheNextPlace() throws IOException {
        rig.config()
                .system("retry: {max_attempts: 5}")
                .user("wangwu", "pk_test_wangwu", "team", "open")
                .group("team", members("team-2", "team-1"));
        rig.applyConfig();
        for (String account : List.of("team-1", "team-2")) {
            accounts.answers(account, Reply.json(503, "{}"));
        }
        assertThat(served(call("pk_test_wangwu", "gpt-4o"))).isEqualTo("open");
        assertThat(accounts.upstream().requests().stream().map(Accounts::account))
                .containsExactly("team-2", "team-1", "open");
    }

    /** Who lists the model comes before who serves any; an alias is one channel's own affair. */
    @Test
    void membersServeAModelUnderTheirOwnNames() throws IOException {
        rig.config()
                .channel("team-1", accounts.upstream())
                .channel("team-2", accounts.upstream(), "model_aliases: {fast: qwen-turbo}", "models: [gpt-4o]")
                .user("wangwu", "pk_test_wangwu", "team");
        rig.applyConfig();
        for (int i = 0; i < 3; i++) {
            assertThat(served(call("pk_test_wangwu", "fast"))).isEqualTo("team-2");
        }
        accounts.answers("team-2", Reply.json(503, "{}"));
        assertThat(served(call("pk_test_wangwu", "fast"))).isEqualTo("team-1");
        List<Recorded> latest = accounts.upstream().requests();
        assertThat(latest.subList(latest.size() - 2, latest.size()))
                .extracting(Recorded::text)
                .containsExactly("{\"model\":\"qwen-turbo\",\"messages\":[]}", "{\"model\":\"fast\",\"messages\":[]}");
    }

    @Test
    void aModelThatIsServedElsewhereGoesThereThroughAGroupToo() throws IOException {
        elsewhere.onAny().reply(Accounts.well("elsewhere"));
        rig.config()
                .channel("team-1", accounts.upstream(), "model_hosts: {far: \"" + elsewhere.authority() + "\"}")
                .user("wangwu", "pk_test_wangwu", "team");
        rig.applyConfig();
        assertThat(List.of(
                        served(call("pk_test_wangwu", "far")),
                        served(call("pk_test_wangwu", "far")),
                        served(call("pk_test_wangwu", "gpt-4o")),
                        served(call("pk_test_wangwu", "gpt-4o"))))
                .containsExactlyInAnyOrder("elsewhere", "team-2", "team-1", "team-2");
        assertThat(elsewhere.requests())
                .allSatisfy(request -> assertThat(Accounts.account(request)).isEqualTo("team-1"));
    }
}
