package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits that are changed through the admin API, and limits of groups. */
@NeedsGateway
class LimitAdminTest {
    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    private Path directory;

    @BeforeEach
    void answer() {
        upstream.onAny().reply(Calls.ok());
    }

    private static Calls.Result chat(GatewayRig rig, String who) throws IOException {
        return Calls.post(rig, CHAT, BODY, "Authorization: Bearer pk_test_" + who);
    }

    private static void served(GatewayRig rig, String who) throws IOException {
        assertThat(chat(rig, who).status()).as("a call of " + who).isEqualTo(200);
    }

    private static Calls.Result refused(GatewayRig rig, String who) throws IOException {
        return chat(rig, who).isFailure(429, "rate_limit_exceeded");
    }

    private static void change(GatewayRig rig, String path, String body) throws IOException {
        Calls.Result done = Admin.send(rig, "PATCH", path, body);
        assertThat(done.status()).as(done.text()).isEqualTo(200);
    }

    private RigConfig config() {
        RigConfig config = RigConfig.empty().channel("alpha", upstream);
        config.userLines("lisi", "channels: [alpha]", "proxy_key: pk_test_lisi", "limits: [{requests: 2, per: day}]");
        config.userGroup("team", "channels: [alpha]", "limits: [{requests: 3, per: day}]");
        config.userGroup("each", "channels: [alpha]", "user_limits: [{requests: 1, per: day}]");
        config.userGroup("lab", "parent: team", "limits: [{requests: 2, per: day}]");
        for (String member : new String[] {"one", "two", "three"}) {
            config.userLines("team-" + member, "groups: [team]", "proxy_key: pk_test_team_" + member);
            config.userLines("each-" + member, "groups: [each]", "proxy_key: pk_test_each_" + member);
        }
        config.userLines("lab-one", "groups: [lab]", "proxy_key: pk_test_lab_one");
        return config.userLines(
                "both",
                "groups: [team, each]",
                "keys: [{proxy_key: pk_test_both, name: a}, {proxy_key: pk_test_both_b, name: b}]");
    }

    @ParameterizedTest
    @EnumSource
    void counts_go_on_when_the_api_changes_a_limit(Admin.Kept kept) throws Exception {
        try (GatewayRig rig = kept.start(config(), directory)) {
            served(rig, "lisi");
            served(rig, "lisi");
            refused(rig, "lisi");
            change(rig, "users/lisi", "{\"limits\":[{\"requests\":3,\"per\":\"day\"}]}");
            assertThat(chat(rig, "lisi").header("x-ratelimit-remaining-requests"))
                    .as("two were counted before")
                    .isEqualTo("0");
            refused(rig, "lisi");
            change(rig, "users/lisi", "{\"name\":\"Li Si\",\"tags\":[\"vip\"]}");
            refused(rig, "lisi");
            change(rig, "users/lisi", "{\"limits\":null}");
            served(rig, "lisi");
            change(rig, "users/lisi", "{\"limits\":[{\"requests\":4,\"per\":\"day\"}]}");
            assertThat(chat(rig, "lisi").status())
                    .as("without a limit nothing was counted, and nothing was forgotten")
                    .isEqualTo(200);
            refused(rig, "lisi");
            String shown = Admin.get(rig, "limits?scope=user").text();
            assertThat(shown).contains("\"requests\":4");
        }
    }

    @Test
    void a_group_has_a_limit_for_all_members_together() throws Exception {
        try (GatewayRig rig = GatewayRig.start(config())) {
            served(rig, "team_one");
            served(rig, "team_two");
            served(rig, "team_one");
            assertThat(refused(rig, "team_three").text()).contains("the user group \\\"team\\\"");
            refused(rig, "team_one");
            served(rig, "each_one");
        }
    }

    @Test
    void a_group_has_a_limit_for_each_member() throws Exception {
        try (GatewayRig rig = GatewayRig.start(config())) {
            served(rig, "each_one");
            refused(rig, "each_one");
            served(rig, "each_two");
            refused(rig, "each_two");
            served(rig, "team_one");
        }
    }

    @Test
    void all_of_them_hold_and_a_refused_call_takes_of_none() throws Exception {
        try (GatewayRig rig = Admin.files(config())) {
            served(rig, "both");
            refused(rig, "both_b"); // the member's, with whichever key
            served(rig, "lab_one"); // counts for its group and the parent
            served(rig, "team_one");
            assertThat(refused(rig, "team_two").text()).contains("the user group \\\"team\\\"");
            assertThat(refused(rig, "lab_one").text()).contains("the user group \\\"team\\\"");
            change(rig, "user-groups/team", "{\"limits\":[{\"requests\":5,\"per\":\"day\"}]}");
            served(rig, "lab_one");
            assertThat(refused(rig, "lab_one").text()).contains("the user group \\\"lab\\\"");
            served(rig, "team_two");
            assertThat(refused(rig, "team_two").text()).contains("the user group \\\"team\\\"");
        }
    }
}
