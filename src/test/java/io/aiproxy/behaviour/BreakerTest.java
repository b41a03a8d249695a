package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Accounts.state;
import static io.aiproxy.behaviour.Accounts.tally;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A channel that fails too often, or answers too slowly, is left in peace while another serves; operators see it. */
@NeedsGateway
class BreakerTest {
    @AutoClose
    private final Accounts accounts = new Accounts();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("first", accounts.upstream(), breaker("1h", ""))
                .channel("second", accounts.upstream())
                .user("zhangsan", GatewayRig.KEY, "first", "second"));
    }

    /** Opens when half of at least four of the latest eight calls have failed; two calls find out. */
    private static String breaker(String open, String more) {
        return "health: {breaker: {window: 8, minimum_calls: 4, half_open_calls: 2, open: " + open + more + "}}";
    }

    private void configure(String open, String more) {
        rig.config().channel("first", accounts.upstream(), breaker(open, more));
        rig.applyConfig();
    }

    private void open() throws IOException {
        accounts.answers("first", Reply.json(503, "{}"));
        assertThat(tally(rig, 4)).isEqualTo(Map.of("second", 4));
        changed("open", 1);
    }

    /** How often the first channel has come into a state, however short it lasted. */
    private void changed(String state, int times) throws IOException {
        assertThat(Calls.get(rig, "/metrics").text())
                .contains("aiproxy_health_changes_total{channel=\"first\",health=\"" + state + "\"} " + times + ".0");
    }

    @Test
    void itOpensAtTheRateOfFailuresAndAnotherTakesOver() throws IOException {
        assertThat(tally(rig, 3)).isEqualTo(Map.of("first", 3));
        accounts.answers("first", Reply.json(503, "{}"));
        assertThat(tally(rig, 2)).isEqualTo(Map.of("second", 2));
        assertThat(state(rig, "first")).as("two of five").isEqualTo("ok");
        assertThat(tally(rig, 20)).isEqualTo(Map.of("second", 20));
        assertThat(state(rig, "first")).isEqualTo("open");
        assertThat(accounts.requests("first")).as("three of six are half").isEqualTo(6);
        assertThat(Calls.chat(rig).header("x-aiproxy-attempts")).isEqualTo("1");
    }

    @Test
    void operatorsSeeIt() throws IOException {
        open();
        JsonNode ready = Calls.get(rig, "/ready").json();
        assertThat(ready.path("status").asText()).isEqualTo("ready");
        JsonNode unwell = ready.path("unwell").path("first").path("default");
        assertThat(unwell.path("state").asText()).isEqualTo("open");
        assertThat(unwell.path("reason").asText()).isEqualTo("failures");
        assertThat(unwell.path("until").asText()).endsWith("Z");
        assertThat(ready.path("unwell").has("second")).isFalse();
        assertThat(Calls.get(rig, "/metrics").text())
                .contains("aiproxy_channel_credentials{channel=\"first\",health=\"unhealthy\"} 1.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"reset", "refused"})
    void connectionsThatFailAreFailuresToo(String how) throws IOException {
        if (how.equals("reset")) {
            accounts.answers("first", Reply.resetAtOnce());
        } else {
            rig.config().channel("first", "http://127.0.0.1:" + FakeUpstream.refusingPort(), breaker("1h", ""));
            rig.applyConfig();
        }
        assertThat(tally(rig, 4)).isEqualTo(Map.of("second", 4));
        assertThat(state(rig, "first")).isEqualTo("open");
    }

    @Test
    void mistakesOfCallersOpenNothing() throws IOException {
        accounts.answers("first", Reply.json(422, "{}"));
        for (int i = 0; i < 20; i++) {
            assertThat(Calls.chat(rig).status()).isEqualTo(422);
        }
        assertThat(state(rig, "first")).isEqualTo("ok");
    }

    @Test
    void slowAnswersOpenItWhereTheyCount() throws IOException {
        configure("1h", ", slow_call: 50ms, slow_call_rate: 50");
        accounts.answers("first", slow());
        assertThat(tally(rig, 4)).as("slow ones are answers").isEqualTo(Map.of("first", 4));
        assertThat(tally(rig, 4)).isEqualTo(Map.of("second", 4));
        assertThat(state(rig, "first")).isEqualTo("open");
    }

    @Test
    void slowAnswersOpenNothingByThemselvesOtherwise() throws IOException {
        configure("1h", ", slow_call: 50ms");
        accounts.answers("first", slow());
        assertThat(tally(rig, 9)).isEqualTo(Map.of("first", 9));
        assertThat(state(rig, "first")).isEqualTo("ok");
    }

    private static Reply slow() {
        return Reply.status(200).pause(Duration.ofMillis(100)).body("{\"served\":\"first\"}");
    }

    @Test
    void afterItsTimeAFewCallsFindOutThatItIsWell() throws IOException {
        configure("1s", "");
        open();
        await().until(() -> state(rig, "first").equals("half_open"));
        accounts.isWell("first");
        assertThat(tally(rig, 2)).isEqualTo(Map.of("first", 2));
        assertThat(state(rig, "first")).isEqualTo("ok");
        assertThat(tally(rig, 8)).isEqualTo(Map.of("first", 8));
        changed("half_open", 1);
        changed("ok", 1);
    }

    @Test
    void orThatItIsNot() throws IOException {
        configure("1s", "");
        open();
        long before = accounts.requests("first");
        await().until(() -> state(rig, "first").equals("half_open"));
        assertThat(tally(rig, 2)).as("nobody notices").isEqualTo(Map.of("second", 2));
        assertThat(accounts.requests("first")).isEqualTo(before + 2);
        changed("open", 2);
    }

    @Test
    void theOnlyCandidateIsTriedWhateverTheBreakerSays() throws IOException {
        open();
        accounts.isWell("first");
        Calls.Result named = Calls.post(rig, "/first" + Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
        assertThat(Accounts.served(named)).isEqualTo("first");
        assertThat(state(rig, "first"))
                .as("a call beside the rules is no trial")
                .isEqualTo("open");
    }

    @Test
    void aChangeOfTheConfigurationKeepsWhatIsKnownOfOthers() throws IOException {
        open();
        rig.config()
                .channel("third", accounts.upstream())
                .channel("second", accounts.upstream(), breaker("5s", ""))
                .channel("first", accounts.upstream(), breaker("1h", ""), "models: [gpt-4o]", "name: 第一")
                .group("g", "strategy: weighted", Accounts.members("first=9", "second"))
                .user("zhangsan", GatewayRig.KEY, "g", "third");
        rig.applyConfig();
        assertThat(state(rig, "first")).isEqualTo("open");
        assertThat(tally(rig, 20)).isEqualTo(Map.of("second", 20));

        configure("2h", "");
        assertThat(state(rig, "first")).as("its own health was changed").isEqualTo("ok");
    }

    @Test
    void noBreakerWhereNoneIsWanted() throws IOException {
        configure("1h", ", enabled: no");
        accounts.answers("first", Reply.json(503, "{}"));
        assertThat(tally(rig, 20)).isEqualTo(Map.of("second", 20));
        assertThat(accounts.requests("first")).isEqualTo(20);
        assertThat(state(rig, "first")).isEqualTo("ok");
    }
}
