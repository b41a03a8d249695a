package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.BodyStream;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes are edited while they serve: a good edit serves at once, a bad one is refused, and no call notices either. */
@NeedsGateway
class RouteEditTest {
    private static final String FILE = "routes/custom/hello.camel.yaml";
    private static final String HELLO = "/custom-hello";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @AutoClose
    private GatewayRig rig;

    @BeforeEach
    void start() {
        upstream.on(Calls.CHAT).reply(Calls.ok());
        rig = GatewayRig.start(RigConfig.empty().channel("alpha", upstream).user("zhangsan", GatewayRig.KEY, "alpha"));
    }

    /** An operator's own front door that says {@code words}. */
    private static String hello(String words) {
        return """
                - route:
                    id: custom-hello
                    description: Says a word. An operator's own front door, for this test.
                    from:
                      uri: netty-http:http://0.0.0.0:{{aiproxy.port}}/custom-hello
                      parameters:
                        nettySharedHttpServer: "#gateway"
                        muteException: true
                      steps:
                        - setBody:
                            id: say
                            constant: "WORDS"
                """.replace("WORDS", words);
    }

    private String said() throws IOException {
        return Calls.get(rig, HELLO, GatewayRig.AUTH).text();
    }

    @Test
    void aNewFileAnEditAndADeletionServeUnderLoadWithoutAFailedCall() throws IOException {
        try (Load load = Load.start(rig, 4)) {
            load.awaitMore(50);
            rig.write(FILE, hello("one"));
            await().atMost(Duration.ofSeconds(20)).until(() -> said().equals("one"));
            load.awaitMore(50);
            rig.write(FILE, hello("two"));
            await().atMost(Duration.ofSeconds(20)).until(() -> said().equals("two"));
            load.awaitMore(50);
            Files.delete(rig.home().resolve(FILE));
            await().atMost(Duration.ofSeconds(20)).until(() -> !said().equals("two"));
            load.awaitMore(50);
            assertThat(load.stop()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- route: [",
                "- route:\n    id: custom-hello\n    from:\n      uri: direct:x\n      steps:\n        - nonsense: {}\n",
                "- route:\n    id: custom-hello\n    from:\n      uri: direct:x\n      steps:\n"
                        + "        - process: {ref: no-such-bean}\n",
            })
    void aBrokenFileLeavesTheOldServing(String broken) throws IOException {
        rig.write(FILE, hello("one"));
        await().atMost(Duration.ofSeconds(20)).until(() -> said().equals("one"));
        try (Load load = Load.start(rig, 2)) {
            rig.write(FILE, broken);
            await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(15)).until(() -> said().equals("one"));
            rig.write(FILE, hello("mended"));
            await().atMost(Duration.ofSeconds(20)).until(() -> said().equals("mended"));
            assertThat(load.stop()).isEmpty();
        }
    }

    @Test
    void aStreamSurvivesAnEdit() throws IOException {
        Gate gate = Gate.closed();
        upstream.on("/v1/responses")
                .reply(Reply.sse().event("before").await(gate).event("after"));
        try (RawClient client = rig.client().post("/v1/responses", Calls.BODY, GatewayRig.AUTH)) {
            BodyStream body = client.answer().body();
            assertThat(body.event()).isEqualTo("data: before");
            rig.write(FILE, hello("one"));
            await().atMost(Duration.ofSeconds(20)).until(() -> said().equals("one"));
            gate.open();
            assertThat(body.events()).containsExactly("data: after");
            upstream.on("/v1/next").reply(Calls.ok());
            assertThat(client.post("/v1/next", Calls.BODY, GatewayRig.AUTH)
                            .answer()
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void aCallThatWaitsForItsHeadSurvivesAnEdit() throws IOException {
        Gate gate = Gate.closed();
        upstream.on("/v1/responses").reply(Reply.status(200).await(gate).body("late"));
        try (RawClient client = rig.client().post("/v1/responses", Calls.BODY, GatewayRig.AUTH)) {
            gate.awaitReached();
            rig.write(FILE, hello("one"));
            await().atMost(Duration.ofSeconds(20)).until(() -> said().equals("one"));
            gate.open();
            assertThat(client.answer().text()).isEqualTo("late");
        }
    }
}
