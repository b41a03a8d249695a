package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Accounts.credentials;
import static io.aiproxy.behaviour.Accounts.health;
import static io.aiproxy.behaviour.Accounts.tally;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The timer's route asks channels how they are, and calls go around those that are not well. */
@NeedsGateway
class ProbeTest {
    private static final String PROBE = "health: {probe: {path: /v1/models, interval: 1s}}";

    @AutoClose
    private final Accounts accounts = new Accounts();

    /** Where probes of the channel {@code first} go, and its calls. */
    @AutoClose
    private final FakeUpstream probed = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        probed.on(Calls.CHAT).answer(request -> Accounts.well(Accounts.account(request)));
        rig = GatewayRig.start(RigConfig.empty()
                .channel("first", probed, PROBE, "strategy: round-robin", credentials("a", "b"))
                .channel("second", accounts.upstream())
                .user("zhangsan", GatewayRig.KEY, "first", "second"));
    }

    private void answer(Reply reply) {
        probed.on("/v1/models").reply(reply);
    }

    private String state(String credential) {
        return health(rig, "first", credential).path("state").asText();
    }

    private void awaitStates(String a, String b) {
        await().until(() -> List.of(state("a"), state("b")).equals(List.of(a, b)));
    }

    private static boolean isProbe(Recorded request) {
        return request.path().equals("/v1/models");
    }

    private long probes(String credential) {
        return probed.requests().stream()
                .filter(request -> isProbe(request) && Accounts.account(request).equals(credential))
                .count();
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 503})
    void aChannelWhoseProbeFailsIsTakenOutAndComesBack(int status) throws IOException {
        answer(Reply.json(status, "{}"));
        awaitStates("probe_failed", "probe_failed");
        assertThat(tally(rig, 5)).isEqualTo(Map.of("second", 5));
        JsonNode unwell = Calls.get(rig, "/ready").json().path("unwell").path("first");
        assertThat(unwell.path("a").path("reason").asText()).isEqualTo("unreachable");
        assertThat(Calls.get(rig, "/metrics").text())
                .contains("aiproxy_channel_credentials{channel=\"first\",health=\"unhealthy\"} 2.0");

        answer(Reply.json("{\"data\":[]}"));
        awaitStates("ok", "ok");
        assertThat(tally(rig, 10)).isEqualTo(Map.of("a", 5, "b", 5));
    }

    @Test
    void aChannelThatIsGoneComesBackWhenItIsThereAgain() throws IOException {
        answer(Reply.resetAtOnce());
        awaitStates("probe_failed", "probe_failed");
        assertThat(tally(rig, 5)).isEqualTo(Map.of("second", 5));
        answer(Reply.json("{}"));
        awaitStates("ok", "ok");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 402, 403})
    void aRefusedProbeCountsAgainstItsCredentialAlone(int status) throws IOException {
        answer(Reply.json("{}"));
        probed.on(request -> isProbe(request) && Accounts.account(request).equals("a"))
                .reply(Reply.json(status, "{}"));
        awaitStates("probe_failed", "ok");
        assertThat(health(rig, "first", "a").path("reason").asText()).isEqualTo("refused");
        assertThat(tally(rig, 10)).isEqualTo(Map.of("b", 10));
        answer(Reply.json("{}"));
        awaitStates("ok", "ok");
        assertThat(tally(rig, 10)).isEqualTo(Map.of("a", 5, "b", 5));
    }

    @Test
    void aCallThatSucceedsIsAsGoodAsAProbe() throws IOException {
        answer(Reply.json(503, "{}"));
        awaitStates("probe_failed", "probe_failed");
        answer(Reply.silent());
        long a = probes("a");
        long b = probes("b");
        await("no other news from probes").until(() -> probes("a") > a && probes("b") > b);
        Calls.Result named = Calls.post(rig, "/first" + Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
        assertThat(Accounts.served(named)).isIn("a", "b");
        assertThat(List.of(state("a"), state("b"))).containsExactly("ok", "ok");
    }

    @Test
    void everyChannelIsAskedInItsInterval() {
        FakeUpstream other = accounts.upstream();
        rig.config().channel("hourly", other, PROBE.replace("1s", "6h")).channel("often", other, PROBE);
        answer(Reply.json("{}"));
        rig.applyConfig();
        await().until(() -> probes("a") >= 4 && probes("b") >= 4 && accounts.requests("often") >= 4);
        assertThat(accounts.requests("hourly")).isLessThanOrEqualTo(1);
        assertThat(accounts.requests("second")).as("no probe is configured").isZero();
        assertThat(rig.accessLog()).as("probes are nobody's calls").isEmpty();
    }

    @Test
    void whoIsGoneIsAskedNoMore() throws IOException {
        answer(Reply.json("{}"));
        await().until(() -> probes("a") > 0 && probes("b") > 0);
        rig.config().channel("first", probed, PROBE, credentials("b")).channel("second", accounts.upstream(), PROBE);
        rig.applyConfig();
        long before = probes("a");
        long since = probes("b");
        await().until(() -> probes("b") >= since + 3);
        assertThat(probes("a")).as("of a credential that was removed").isLessThanOrEqualTo(before + 1);

        rig.config().channel("first", probed, "status: disabled", PROBE);
        rig.applyConfig();
        long disabled = probed.requests().size();
        long others = accounts.requests("second");
        await().until(() -> accounts.requests("second") >= others + 3);
        assertThat(probed.requests().size())
                .as("of a channel that is disabled")
                .isLessThanOrEqualTo((int) disabled + 1);

        rig.config().withoutChannel("first").user("zhangsan", GatewayRig.KEY, "second");
        rig.applyConfig();
        long removed = probed.requests().size();
        long more = accounts.requests("second");
        await().until(() -> accounts.requests("second") >= more + 3);
        assertThat(probed.requests()).as("of a channel that was removed").hasSize((int) removed);
    }
}
