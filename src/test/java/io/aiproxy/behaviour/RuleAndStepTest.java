package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What steps of an operator's own route set, and what the channel says of it: the channel has the last word. */
@NeedsGateway
class RuleAndStepTest {
    private static final String ROUTE = """
            - route:
                id: custom-own
                description: An operator's own front door, for this test
                routeConfigurationId: "errors-*"
                from:
                  uri: netty-http:http://0.0.0.0:{{aiproxy.port}}/own
                  parameters:
                    nettySharedHttpServer: "#gateway"
                    matchOnUriPrefix: true
                    muteException: true
                  steps:
                    - process: {id: own-authenticate, ref: authenticate}
                    - process: {id: own-admit, ref: admit}
                    - process: {id: own-choose, ref: choose}
                    - setHeader: {id: team, name: X-Team, constant: by step}
                    - setHeader: {id: agent, name: User-Agent, constant: by step}
                    - setHeader: {id: kept, name: X-Kept, constant: by step}
                    - loop:
                        id: own-attempts
                        doWhile: true
                        simple: "${exchangeProperty.attempting}"
                        steps:
                          - process: {id: own-substitute, ref: substitute}
                          - toD: {id: own-upstream, uri: "upstream:${exchangeProperty.channel}"}
                          - process: {id: own-judge, ref: judge}
                    - process: {id: own-settle, ref: settle}
            """;

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    private Recorded call(String... lines) throws IOException {
        upstream.onAny().reply(Calls.ok());
        GatewayRig prepared = GatewayRig.prepare(
                RigConfig.empty().channel("alpha", upstream, lines).user("zhangsan", GatewayRig.KEY, "alpha"), s -> s);
        try (GatewayRig rig = prepared) {
            rig.write("routes/custom/own.camel.yaml", ROUTE);
            rig.boot();
            assertThat(Calls.post(rig, "/own" + Calls.CHAT, Calls.BODY, GatewayRig.AUTH, "X-Team: theirs")
                            .status())
                    .isEqualTo(200);
            return upstream.only();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rules: [{remove: {headers: [x-team]}}]",
                "rules: [{match: {paths: [/own/v1/*]}, remove: {headers: [X-TEAM]}}]",
                "rules: [{set: {headers: {X-Team: once}}}, {remove: {headers: [x-team]}}]",
                "headers: {remove: [x-team]}",
            })
    void whatTheChannelTakesOutIsNotSent(String line) throws IOException {
        Recorded seen = call(line);
        assertThat(seen.headers("x-team")).isEmpty();
        assertThat(seen.headers("x-kept")).containsExactly("by step");
        assertThat(seen.headers("authorization")).containsExactly("Bearer " + RigConfig.keyOf("alpha"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"privacy: yes", "forwarding: remove"})
    void norIsWhatTellsOfTheCaller(String line) throws IOException {
        Recorded seen = call(line);
        assertThat(seen.headers("user-agent")).isEmpty();
        assertThat(seen.headers("x-team")).containsExactly("by step");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rules: [{set: {headers: {X-Team: by rule}}}]",
                "rules: [{remove: {headers: [x-team]}, set: {headers: {x-team: by rule}}}]",
                "rules: [{remove: {headers: [x-team]}}, {set: {headers: {x-team: by rule}}}]",
            })
    void whatTheChannelSetsReplacesIt(String line) throws IOException {
        assertThat(call(line).headers("x-team")).containsExactly("by rule");
    }

    @Test
    void aRuleThatDoesNotMatchTakesNothingOut() throws IOException {
        assertThat(call("rules: [{match: {paths: [/v2/*]}, remove: {headers: [x-team]}}]")
                        .headers("x-team"))
                .containsExactly("by step");
    }
}
