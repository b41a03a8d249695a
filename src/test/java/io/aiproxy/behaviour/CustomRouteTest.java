package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.BodyStream;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator's own route can do: a front door with the gateway's stages and steps of their own around them. */
@NeedsGateway
class CustomRouteTest {
    private static final String FILE = "routes/custom/own.camel.yaml";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void prepare() {
        upstream.onAny().reply(Calls.ok());
        rig = GatewayRig.prepare(
                RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"), s -> s);
    }

    /** A front door at {@code /own/} with the stages, and these steps before and behind {@code attempts}. */
    private void start(String before, String behind) {
        rig.write(FILE, """
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
                BEFORE
                        - loop:
                            id: own-attempts
                            doWhile: true
                            simple: "${exchangeProperty.attempting}"
                            steps:
                              - process: {id: own-substitute, ref: substitute}
                              - toD: {id: own-upstream, uri: "upstream:${exchangeProperty.channel}"}
                              - process: {id: own-judge, ref: judge}
                BEHIND
                        - process: {id: own-settle, ref: settle}
                """.replace("BEFORE", before.indent(8).stripTrailing())
                .replace("BEHIND", behind.indent(8).stripTrailing()));
        rig.boot();
    }

    private Calls.Result call(String... headers) throws IOException {
        String[] all = new String[headers.length + 1];
        all[0] = GatewayRig.AUTH;
        System.arraycopy(headers, 0, all, 1, headers.length);
        return Calls.post(rig, "/own/v1/chat/completions", Calls.BODY, all);
    }

    @Test
    void a_front_door_that_answers_by_itself() throws IOException {
        rig.write(FILE, """
                - route:
                    id: custom-hello
                    description: Says hello
                    from:
                      uri: netty-http:http://0.0.0.0:{{aiproxy.port}}/hello
                      parameters:
                        nettySharedHttpServer: "#gateway"
                        muteException: true
                      steps:
                        - setHeader: {id: type, name: Content-Type, constant: text/plain}
                        - setBody: {id: say, simple: "hello ${header.x-name}"}
                """);
        rig.boot();
        Calls.Result result = Calls.get(rig, "/hello", "x-name: zhangsan", "x-secret: not for everybody");
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.text()).isEqualTo("hello zhangsan");
        assertThat(result.header("content-type")).isEqualTo("text/plain");
        assertThat(result.head().text()).doesNotContainIgnoringCase("x-secret", "x-name", "camel");
        assertThat(upstream.requests()).isEmpty();
        Calls.get(rig, "/hello/more").isFailure(401, "missing_api_key");
    }

    @Test
    void a_header_set_before_the_channel_reaches_it() throws IOException {
        start("- setHeader: {id: team, name: X-Team, simple: \"team of ${header.x-who}\"}", "");
        assertThat(call("x-who: zhangsan").status()).isEqualTo(200);
        Recorded request = upstream.only();
        assertThat(request.headers("x-team")).containsExactly("team of zhangsan");
        assertThat(request.headers("x-who")).containsExactly("zhangsan");
        assertThat(request.text()).isEqualTo(Calls.BODY);
    }

    @Test
    void a_header_set_before_the_channel_replaces_the_callers_own() throws IOException {
        start("- setHeader: {id: team, name: X-Team, constant: ours}", "");
        Calls.Result result = call("x-team: theirs");
        assertThat(upstream.only().headers("x-team")).containsExactly("ours");
        assertThat(result.head().header("x-team")).isEmpty();
    }

    @Test
    void no_step_can_put_another_credential_in() throws IOException {
        start("- setHeader: {id: key, name: Authorization, constant: Bearer own_fake_credential}", "");
        assertThat(call().status()).isEqualTo(200);
        assertThat(upstream.only().headers("authorization")).containsExactly("Bearer " + RigConfig.keyOf("alpha"));
    }

    @Test
    void every_attempt_has_what_the_steps_have_set() throws IOException {
        rig.config().channel("alpha", upstream, "retry: {max_retries: 1, backoff: 10ms}");
        rig.writeConfig();
        upstream.reset();
        upstream.onAny().answer(r -> upstream.requests().size() < 2 ? Reply.json(500, "{}") : Calls.ok());
        start("- setHeader: {id: team, name: X-Team, constant: ours}", "");
        assertThat(call().status()).isEqualTo(200);
        assertThat(upstream.requests()).hasSize(2).allSatisfy(r -> assertThat(r.headers("x-team"))
                .containsExactly("ours"));
    }

    @Test
    void a_body_set_before_the_channel_is_sent_instead() throws IOException {
        start("""
                - setBody: {id: body, constant: '{"model":"other"}'}
                - setHeader: {id: who, name: X-Team, simple: "team of ${header.x-who}"}
                - removeHeader: {id: gone, name: x-gone}
                """, "");
        assertThat(call("x-who: zhangsan", "x-gone: yes").status()).isEqualTo(200);
        assertThat(upstream.only().headers("x-team")).containsExactly("team of zhangsan");
        assertThat(upstream.only().headers("x-gone")).isEmpty();
        assertThat(upstream.only().text()).isEqualTo("{\"model\":\"other\"}");
    }

    @Test
    void the_answer_can_be_looked_at_and_its_headers_set() throws IOException {
        upstream.reset();
        upstream.onAny().reply(Reply.json(201, Calls.ANSWER).header("x-of-channel", "seven"));
        start(
                "",
                "- setHeader: {id: seen, name: X-Seen, simple: \"${header.CamelHttpResponseCode} ${header.x-of-channel}\"}");
        Calls.Result result = call();
        assertThat(result.status()).isEqualTo(201);
        assertThat(result.header("x-seen")).isEqualTo("201 seven");
        assertThat(result.header("x-of-channel")).isEqualTo("seven");
        assertThat(result.text()).isEqualTo(Calls.ANSWER);
    }

    @Test
    void a_step_can_choose_by_the_status() throws IOException {
        start("", """
                - choice:
                    id: by-status
                    when:
                      - id: good
                        simple: "${header.CamelHttpResponseCode} == 200"
                        steps:
                          - setHeader: {id: verdict, name: X-Verdict, constant: good}
                    otherwise:
                      id: bad
                      steps:
                        - setHeader: {id: other-verdict, name: X-Verdict, constant: bad}
                """);
        assertThat(call().header("x-verdict")).isEqualTo("good");
    }

    @Test
    void a_step_can_answer_with_another_status_and_body() throws IOException {
        start("", """
                - setBody: {id: instead, constant: in a while}
                - setHeader: {id: status, name: CamelHttpResponseCode, constant: 202}
                """);
        Calls.Result result = call();
        assertThat(result.status()).isEqualTo(202);
        assertThat(result.text()).isEqualTo("in a while");
    }

    @Test
    void a_step_can_replace_the_answer() throws IOException {
        upstream.reset();
        upstream.onAny().reply(Reply.json(201, Calls.ANSWER).header("x-of-channel", "seven"));
        start("", """
                - setBody: {id: instead, constant: something else}
                - setHeader: {id: type, name: Content-Type, constant: text/plain}
                - setHeader: {id: seen, name: X-Seen, simple: "${header.x-of-channel}"}
                """);
        Calls.Result result = call();
        assertThat(result.status()).isEqualTo(201);
        assertThat(result.header("x-seen")).isEqualTo("seven");
        assertThat(result.header("content-type")).isEqualTo("text/plain");
        assertThat(result.text()).isEqualTo("something else");
        assertThat(result.header("content-length")).isEqualTo("14");
        assertThat(result.header("x-aiproxy-channel")).isEqualTo("alpha");
        assertThat(call().text())
                .as("the channel's connection is fit for the next call")
                .isEqualTo("something else");
    }

    @ParameterizedTest
    @CsvSource({"remove, ", ", remove", "remove, remove"})
    void headers_can_be_removed_in_both_directions(String before, String behind) throws IOException {
        upstream.reset();
        upstream.onAny().reply(Reply.json(200, Calls.ANSWER).header("X-Mark", "of the channel"));
        String step = "- removeHeader: {id: ID, name: X-Mark}";
        start(before == null ? "" : step.replace("ID", "before"), behind == null ? "" : step.replace("ID", "behind"));
        Calls.Result result = call("x-mark: of the caller");
        assertThat(upstream.only().headers("x-mark").isEmpty()).isEqualTo(before != null);
        assertThat(result.head().header("x-mark").isEmpty()).isEqualTo(behind != null);
        assertThat(result.text()).isEqualTo(Calls.ANSWER);
    }

    @Test
    void headers_can_be_removed_by_pattern() throws IOException {
        start("- removeHeaders: {id: gone, pattern: \"x-mark-*\"}", "- removeHeaders: {id: away, pattern: \"x-of-*\"}");
        upstream.reset();
        upstream.onAny().reply(Reply.json(200, Calls.ANSWER).header("X-Of-Channel", "seven"));
        Calls.Result result = call("x-mark-a: one", "x-mark-b: two", "x-other: three");
        Recorded request = upstream.only();
        assertThat(request.headers("x-mark-a")).isEmpty();
        assertThat(request.headers("x-mark-b")).isEmpty();
        assertThat(request.headers("x-other")).containsExactly("three");
        assertThat(result.head().header("x-of-channel")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- delay: {id: wait-ID, constant: 20}",
                "- threads: {id: pool-ID, poolSize: 2}",
            })
    void steps_that_leave_the_event_loop_are_fine(String step) throws IOException {
        start(step.replace("ID", "before"), step.replace("ID", "behind"));
        for (int i = 0; i < 3; i++) {
            assertThat(call().text()).isEqualTo(Calls.ANSWER);
        }
        try (RawClient client = rig.client()) {
            for (int i = 0; i < 3; i++) {
                client.post("/own/v1/chat/completions", Calls.BODY, GatewayRig.AUTH);
                assertThat(Calls.read(client).text()).isEqualTo(Calls.ANSWER);
            }
        }
    }

    @Test
    void an_answer_streams_behind_a_step_that_leaves_the_event_loop() throws IOException {
        Gate gate = Gate.closed();
        upstream.reset();
        upstream.onAny().reply(Reply.sse().event("before").await(gate).event("after"));
        start("", "- delay: {id: wait, constant: 20}");
        try (RawClient client = rig.client().post("/own/v1/responses", Calls.BODY, GatewayRig.AUTH)) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: before");
            gate.open();
            assertThat(body.events()).containsExactly("data: after");
        }
    }

    @Test
    void a_caller_that_leaves_while_a_step_waits_harms_nobody() throws IOException {
        start("- delay: {id: wait, simple: \"${header.x-wait}\"}", "");
        try (RawClient client = rig.client()) {
            client.post("/own/v1/chat/completions", Calls.BODY, GatewayRig.AUTH, "x-wait: 300");
        }
        rig.awaitLogLine("client_closed_request");
        assertThat(call("x-wait: 1").text()).isEqualTo(Calls.ANSWER);
    }

    @Test
    void a_failure_of_an_own_step_is_told_without_its_reasons() throws IOException {
        start(
                "- throwException: {id: fail, exceptionType: java.lang.IllegalStateException, message: inner workings}",
                "");
        Calls.Result result = call().isFailure(500, "internal_error");
        assertThat(result.text()).doesNotContain("inner workings", "IllegalState");
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void a_missing_route_is_told_at_once_and_not_after_a_wait() throws IOException {
        start("- toD: {id: off, uri: \"direct:${header.x-where}\"}", "");
        call("x-where: nowhere").isFailure(500, "internal_error");
    }
}
