package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a route set is refused for, and that the message says where it stands and what to do. */
class RouteRulesTest {
    private static final String FILE = "custom/own" + RouteFiles.SUFFIX;

    @TempDir
    private Path temp;

    @AutoClose
    private EdgeKit kit;

    @BeforeEach
    void copy() throws IOException {
        kit = new EdgeKit(temp.resolve("data"));
        EdgeKit.copyTo(temp.resolve("routes"));
        Files.createDirectories(temp.resolve("routes/custom"));
    }

    private void load(String yaml) throws IOException, RouteSetException {
        Files.writeString(temp.resolve("routes").resolve(FILE), yaml);
        kit.load(temp.resolve("routes"));
    }

    private String refusal(String yaml) {
        StringBuilder message = new StringBuilder();
        assertThatThrownBy(() -> load(yaml))
                .isInstanceOf(RouteSetException.class)
                .satisfies(e -> message.append(e.getMessage()));
        return message.toString();
    }

    /** A route with these steps, each a keyword and, on the next line, what it says; the first stands in line 7. */
    private static String steps(String... steps) {
        return """
                - route:
                    id: custom-own
                    description: For this test
                    from:
                      uri: direct:own
                      steps:
                """
                + Stream.of(steps)
                        .map(step -> "        - " + step.replaceFirst(": ", ":\n            ") + "\n")
                        .collect(Collectors.joining());
    }

    /** A front door at this URI with these parameters. */
    private static String door(String uri, String parameters) {
        return """
                - route:
                    id: custom-own
                    description: For this test
                    from:
                      uri: "URI"
                      parameters: {PARAMETERS}
                      steps:
                        - setBody: {id: say, constant: hello}
                """.replace("URI", uri).replace("PARAMETERS", parameters);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "process: {id: x, ref: no-such-bean} | there is no bean \"no-such-bean\"",
                "bean: {id: x, ref: no-such-bean, method: run} | there is no bean \"no-such-bean\"",
                "to: {id: x, uri: 'bean:no-such-bean'} | there is no bean \"no-such-bean\"",
                "bean: {id: x, beanType: java.lang.Object, method: toString} | cannot be made from a class",
                "to: {id: x, uri: 'direct:nowhere'} | no route begins with direct:nowhere",
                "wireTap: {id: x, uri: 'direct:nowhere'} | no route begins with direct:nowhere",
                "toD: {id: x, uri: 'direct:nowhere'} | no route begins with direct:nowhere",
                "circuitBreaker: {id: x, steps: [{log: {id: y, message: hello}}]} | there is no circuitBreaker here",
                "throttle: {id: x, constant: 5} | blocks the event loop",
                "delay: {id: x, constant: 5, asyncDelayed: false} | blocks the event loop",
                "pollEnrich: {id: x, constant: 'seda:some'} | blocks the event loop",
                "to: {id: x, uri: 'seda:some'} | waits for its answer on the event loop",
                "to: {id: x, uri: 'file:reports'} | file waits for a disk or a server on the event loop",
                "toD: {id: x, uri: 'smtp://mail.example.com?to=${header.a}'} | smtp waits for a disk or a server",
                "script: {id: x, simple: '1'} | scripts are not allowed",
                "to: {id: x, uri: 'exec:rm'} | the component exec is not allowed",
                "to: {id: x, uri: 'vertx-websocket:0.0.0.0:8001/own'} | cannot be sent to",
                "toD: {id: x, uri: 'vertx-websocket:${header.a}:443/own'} | send the handshake to upstream:",
                "poll: {id: x, uri: 'vertx-websocket:0.0.0.0:8001/own'} | cannot be sent to",
                "toD: {id: x, uri: 'language:simple:1'} | the component language is not allowed",
            })
    void steps_are_refused(String step, String problem) {
        assertThat(refusal(steps(step)))
                .contains("route custom-own, step x", FILE + ":7)", problem)
                .doesNotContain("\n");
    }

    @Test
    void steps_inside_others_are_seen() {
        String nested =
                "choice: {id: c, when: [{id: w, simple: '${header.a}', steps: [{process: {id: x, ref: none}}]}]}";
        assertThat(refusal(steps(nested))).contains("step x", FILE + ":", "there is no bean \"none\"");
    }

    @Test
    void error_handlers_are_looked_at_too() {
        assertThat(refusal("""
                        - routeConfiguration:
                            id: custom-errors
                            onException:
                              - onException:
                                  id: on-any
                                  exception: [java.lang.Exception]
                                  steps:
                                    - process: {id: x, ref: none}
                        """))
                .contains("routeConfiguration custom-errors, step x", FILE, "there is no bean \"none\"");
    }

    @Test
    void every_problem_is_told_at_once() {
        String message = refusal(steps("process: {id: x, ref: one}", "to: {id: y, uri: 'direct:two'}"));
        assertThat(message).contains("\"one\"", ":7)", "direct:two", ":9)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "throttle: {id: x, constant: 5}",
                "delay: {id: x, constant: 5, asyncDelayed: false}",
                "to: {id: x, uri: 'seda:some'}",
                "to: {id: x, uri: 'file:target/nowhere'}",
                "to: {id: x, uri: 'smtp://127.0.0.1:9'}",
            })
    void behind_threads_steps_may_block(String step) throws Exception {
        load(steps("threads: {id: t, poolSize: 2}", step));
        String other = """
                - route:
                    id: custom-other
                    description: For this test
                    from: {uri: 'direct:other', steps: [{log: {id: l, message: hello}}]}
                """;
        assertThat(refusal(steps("threads: {id: t, poolSize: 2}", "to: {id: s, uri: 'direct:other'}", step) + other))
                .as("behind another route nobody knows the thread")
                .contains("event loop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delay: {id: x, constant: 5}",
                "throttle: {id: x, constant: 5, rejectExecution: true}",
                "throttle: {id: x, constant: 5, asyncDelayed: true}",
                "wireTap: {id: x, uri: 'seda:some'}",
                "to: {id: x, uri: 'seda:some', parameters: {waitForTaskToComplete: Never}}",
                "toD: {id: x, uri: 'direct:${header.a}'}",
                "process: {id: x, ref: '#authenticate'}",
                "bean: {id: x, ref: authenticate, method: process}",
            })
    void what_does_not_block_is_taken(String step) throws Exception {
        load(steps(step));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "netty-http:http://0.0.0.0:9/own | muteException: true | would open a socket of its own",
                "netty-http:http://0.0.0.0:8001/own | nettySharedHttpServer: '#other' | would open a socket of its own",
                "netty-http:http://0.0.0.0:8001/own | nettySharedHttpServer: '#authenticate' | would open a socket",
                "netty:tcp://0.0.0.0:9 | textline: true | would open a socket of its own",
                "netty-http:https://0.0.0.0:8001/own | nettySharedHttpServer: '#gateway' | https has no effect",
                "netty-http:http://0.0.0.0:8001/ | nettySharedHttpServer: '#gateway', matchOnUriPrefix: true |"
                        + " belongs to route",
                "netty-http:http://0.0.0.0:8001/health | nettySharedHttpServer: '#gateway' | belongs to route",
            })
    void front_doors_are_refused(String uri, String parameters, String problem) {
        assertThat(refusal(door(uri, parameters))).contains("route ", ".camel.yaml:", problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssl: true",
                "compression: true",
                "chunkedMaxContentLength: 1000",
                "workerGroup: '#some'",
                "securityConfiguration: '#some'",
                "maxHeaderSize: 100",
                "traceEnabled: true",
            })
    void options_without_effect_are_refused(String option) {
        String message = refusal(
                door("netty-http:http://0.0.0.0:{{aiproxy.port}}/own", "nettySharedHttpServer: '#gateway', " + option));
        assertThat(message)
                .contains("route custom-own", FILE + ":", option.substring(0, option.indexOf(':')) + " has no effect");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "0.0.0.0:9/own | another has no effect here; write vertx-websocket:0.0.0.0:{{aiproxy.port}}/",
                "0.0.0.0:80011/own | another has no effect here",
                "127.0.0.1:8001/own | another has no effect here",
                "0.0.0.0/own | another has no effect here",
                "/own | another has no effect here",
                "//own | another has no effect here",
                "wss://0.0.0.0:8001/own | another has no effect here",
                "0.0.0.0:8001/* | the path / belongs to route",
                "0.0.0.0:8001/own/{id} | there are no path parameters here",
                "0.0.0.0:8001/own/:id | there are no path parameters here",
                "0.0.0.0:8001/own/*/more | * only counts at the end",
            })
    void front_doors_for_WebSockets_are_refused(String place, String problem) {
        assertThat(refusal(door("vertx-websocket:" + place, ""))).contains("route ", ".camel.yaml:", problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "allowedOriginPattern: 'https://.*'",
                "sslContextParameters: '#some'",
                "serverOptions: '#some'",
                "consumeAsClient: true",
                "fireWebSocketConnectionEvents: true",
                "nettySharedHttpServer: '#gateway'",
                "nonsense: 1",
            })
    void options_of_WebSockets_without_effect_are_refused(String option) {
        assertThat(refusal(door("vertx-websocket:0.0.0.0:{{aiproxy.port}}/own", option)))
                .contains("route custom-own", FILE + ":", option.substring(0, option.indexOf(':')) + " has no effect");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/own", "/own*", "/own/*", "", "/health", "/v1beta/models/m:live"})
    void a_front_door_for_WebSockets_of_ones_own_is_taken(String path) throws Exception {
        load(door("vertx-websocket:0.0.0.0:{{aiproxy.port}}" + path, ""));
        load(door("vertx-websocket://0.0.0.0:8001" + path, ""));
    }

    @Test
    void a_path_of_WebSockets_that_is_taken_is_told() {
        String one = door("vertx-websocket:0.0.0.0:{{aiproxy.port}}/own", "");
        String other = one.replace("id: custom-own", "id: custom-other").replace("id: say", "id: say-too");
        assertThat(refusal(one + other)).contains("the path /own belongs to route", "take another path");
    }

    @Test
    void a_front_door_of_ones_own_is_taken() throws Exception {
        load(door(
                "netty-http:http://0.0.0.0:{{aiproxy.port}}/own",
                "nettySharedHttpServer: '#gateway', muteException: true, httpMethodRestrict: 'GET,POST'"));
    }

    @Test
    void another_method_of_a_path_that_is_taken_is_free() throws Exception {
        load(door(
                "netty-http:http://0.0.0.0:{{aiproxy.port}}/health",
                "nettySharedHttpServer: '#gateway', httpMethodRestrict: POST"));
    }

    @Test
    void error_handling_that_does_not_exist_is_told() {
        String yaml = steps("log: {id: x, message: hello}").replace("from:", "routeConfigurationId: none\n    from:");
        assertThat(refusal(yaml)).contains("route custom-own", FILE, "there is no routeConfiguration \"none\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "- route: [",
                "- route:\n    id: custom-own\n    from:\n      uri: direct:x\n      steps:\n        - nonsense: {}\n",
                "- route:\n    id: custom-own\n    from:\n      uri: 'nonsense:x'\n      steps: []\n",
                "- route:\n    id: custom-own\n    from:\n      uri: 'direct:x?nonsense=1'\n      steps: []\n",
                "- route:\n    id: custom-own\n    from:\n      uri: 'timer:{{no.such.key}}'\n      steps: []\n",
                "- route:\n    id: proxy-http\n    from:\n      uri: direct:x\n      steps:\n        - stop: {id: x}\n",
            })
    void whatever_Camel_refuses_names_the_file(String yaml) {
        assertThat(refusal(yaml)).contains(FILE);
    }

    @Test
    void an_id_that_is_taken_is_told_with_both_places() {
        assertThat(refusal(steps("stop: {id: x}").replace("custom-own", "proxy-http")))
                .contains(FILE + ":2", "proxy/http" + RouteFiles.SUFFIX + ":4", "the id is taken");
    }

    @Test
    void an_id_of_a_step_that_is_taken_is_told() {
        assertThat(refusal(steps("process: {id: authenticate, ref: authenticate}")))
                .contains("route custom-own", FILE, "Duplicate id detected: authenticate");
    }

    @Test
    void a_reference_that_Camel_finds_out_late_names_file_and_route() {
        assertThat(
                        refusal(
                                steps(
                                        "split: {id: x, simple: '${body}', aggregationStrategy: '#none', steps: [{log: {id: y, message: hello}}]}")))
                .contains("custom-own", FILE, "none");
    }
}
