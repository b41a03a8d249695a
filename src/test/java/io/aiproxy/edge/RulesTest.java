package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.aiproxy.config.RequestRule;
import io.aiproxy.credentials.TokenSource;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests changed by a channel's rules, as the channel receives them. Over real sockets. */
class RulesTest {
    private static final String MESSAGES =
            "{ \"model\" : \"claude-sonnet\" , \"context_management\":{\"edits\":[{\"type\":\"clear\"}]},\n"
                    + "  \"max_tokens\": 1.0e3, \"messages\":[{\"role\":\"user\",\"content\":\"\\u4f60\"}] }";

    @TempDir
    Path directory;

    private final FakeUpstream upstream = FakeUpstream.start();
    private EdgeRig rig;

    @BeforeEach
    void start() throws Exception {
        String channels = """
                channels:
                  alpha:
                    base_url: %1$s/base
                    api_key: sk_fake_alpha
                    model_aliases: {fast: gpt-4o-mini}
                    headers: {set: {X-Team: ai, X-Kept: yes}}
                    forwarding: add
                  query:
                    base_url: %1$s
                    auth: {query: token}
                    api_key: sk_fake_query
                """.formatted(upstream.baseUrl());
        rig = new EdgeRig(
                directory,
                channels,
                TokenSource.NONE,
                plain -> id -> Channels.of(plain, id)
                        .rules(
                                new Rule()
                                        .paths("/v1/messages")
                                        .removeHeader("anthropic-beta")
                                        .removeBody("context_management")
                                        .build(),
                                new Rule()
                                        .paths("/v1/chat/*")
                                        .header("x-mode", "*plain*")
                                        .setBody("mode", "plain")
                                        .build(),
                                new Rule()
                                        .paths("/v1/chat/*")
                                        .setBody("model", "by rule")
                                        .defaultBody("max_tokens", 4096)
                                        .build(),
                                new Rule()
                                        .paths("/v1/models", "/v1/realtime")
                                        .removeHeader("x-team")
                                        .setHeader("X-First", "1")
                                        .setQuery("api version", "2024/é")
                                        .removeQuery("beta")
                                        .build(),
                                new Rule()
                                        .paths("/v1/models")
                                        .removeHeader("x-first")
                                        .removeHeader("x-forwarded-for")
                                        .removeHeader("authorization")
                                        .setHeader("X-Kept", "by rule")
                                        .build()));
        upstream.onAny().reply(Reply.json("{}"));
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
        upstream.close();
    }

    /** A rule, its parts given one by one. */
    private static final class Rule {
        private List<String> paths = List.of();
        private final Map<String, String> headers = new LinkedHashMap<>();
        private final List<String> removeHeaders = new ArrayList<>();
        private final Map<String, String> setHeaders = new LinkedHashMap<>();
        private final List<String> removeQuery = new ArrayList<>();
        private final Map<String, String> setQuery = new LinkedHashMap<>();
        private final List<String> removeBody = new ArrayList<>();
        private final Map<String, JsonNode> setBody = new LinkedHashMap<>();
        private final Map<String, JsonNode> defaultBody = new LinkedHashMap<>();

        Rule paths(String... all) {
            paths = List.of(all);
            return this;
        }

        Rule header(String name, String pattern) {
            headers.put(name, pattern);
            return this;
        }

        Rule removeHeader(String name) {
            removeHeaders.add(name);
            return this;
        }

        Rule setHeader(String name, String value) {
            setHeaders.put(name, value);
            return this;
        }

        Rule removeQuery(String name) {
            removeQuery.add(name);
            return this;
        }

        Rule setQuery(String name, String value) {
            setQuery.put(name, value);
            return this;
        }

        Rule removeBody(String path) {
            removeBody.add(path);
            return this;
        }

        Rule setBody(String path, String value) {
            setBody.put(path, TextNode.valueOf(value));
            return this;
        }

        Rule defaultBody(String path, int value) {
            defaultBody.put(path, IntNode.valueOf(value));
            return this;
        }

        RequestRule build() {
            return new RequestRule(
                    new RequestRule.Match(paths, headers),
                    removeHeaders,
                    setHeaders,
                    removeQuery,
                    setQuery,
                    removeBody,
                    setBody,
                    defaultBody);
        }
    }

    private Recorded post(String target, String body, String... headers) throws IOException {
        try (RawClient client = rig.client()) {
            String[] all = new String[headers.length + 1];
            System.arraycopy(headers, 0, all, 0, headers.length);
            all[headers.length] = EdgeRig.AUTH;
            assertThat(client.post(target, body, all).answer().status()).isEqualTo(200);
        }
        return upstream.last();
    }

    private Recorded get(String target, String... headers) throws IOException {
        try (RawClient client = rig.client()) {
            String[] all = new String[headers.length + 1];
            System.arraycopy(headers, 0, all, 0, headers.length);
            all[headers.length] = EdgeRig.AUTH;
            assertThat(client.get(target, all).answer().status()).isEqualTo(200);
        }
        return upstream.last();
    }

    @ParameterizedTest
    @CsvSource({"/v1/messages", "/alpha/v1/messages?beta=true", "/v1/%6dessages"})
    void whatThePlatformDoesNotTakeIsTakenOut(String target) throws IOException {
        Recorded seen = post(
                target, MESSAGES, "anthropic-beta: context-management-2025-06-27", "anthropic-version: 2023-06-01");
        String expected = MESSAGES.replace(" , \"context_management\":{\"edits\":[{\"type\":\"clear\"}]}", "");
        assertThat(seen.text()).isEqualTo(expected);
        assertThat(seen.header("content-length")).contains(Integer.toString(expected.length()));
        assertThat(seen.header("anthropic-beta")).isEmpty();
        assertThat(seen.header("anthropic-version")).contains("2023-06-01");
    }

    @Test
    void otherPathsAndOtherTypesAreLeftAlone() throws IOException {
        Recorded counted = post("/v1/messages/count_tokens", MESSAGES, "anthropic-beta: x");
        assertThat(counted.text()).isEqualTo(MESSAGES);
        assertThat(counted.header("anthropic-beta")).contains("x");
        try (RawClient client = rig.client()) {
            client.send("POST /v1/messages HTTP/1.1\r\nHost: g\r\n" + EdgeRig.AUTH + "\r\nContent-Type: text/plain\r\n"
                    + "Content-Length: " + MESSAGES.length() + "\r\n\r\n" + MESSAGES);
            assertThat(client.answer().status()).isEqualTo(200);
        }
        assertThat(upstream.last().text()).isEqualTo(MESSAGES);
    }

    @Test
    void malformedJsonPassesAsItIs() throws IOException {
        String broken = MESSAGES.substring(0, MESSAGES.length() - 1);
        assertThat(post("/v1/messages", broken).text()).isEqualTo(broken);
    }

    @Test
    void rulesComeAfterTheModelsAliasAndOneAfterTheOther() throws IOException {
        String body = "{\"model\":\"fast\",\"messages\":[]}";
        assertThat(post("/v1/chat/completions", body).text())
                .isEqualTo("{\"model\":\"by rule\",\"messages\":[],\"max_tokens\":4096}");
        assertThat(post("/v1/chat/completions", body, "X-Mode: very plain indeed")
                        .text())
                .isEqualTo("{\"model\":\"by rule\",\"messages\":[],\"mode\":\"plain\",\"max_tokens\":4096}");
        assertThat(post("/v1/chat/completions", body, "X-Mode: fancy").text()).doesNotContain("mode\":\"plain");
    }

    @Test
    void aLargeBodyIsChangedBesideTheEventLoop() throws IOException {
        String image = "é".repeat(600_000);
        String body = "{\"image\":\"" + image + "\",\"context_management\":{},\"model\":\"fast\"}";
        Recorded seen = post("/v1/messages", body);
        assertThat(seen.text().equals("{\"image\":\"" + image + "\",\"model\":\"gpt-4o-mini\"}"))
                .isTrue();
    }

    @Test
    void headersAreChangedInTheRulesOrderAndTheCredentialStays() throws IOException {
        Recorded seen = get("/v1/models", "X-Team: caller", "X-Forwarded-For: 10.9.9.9");
        assertThat(seen.header("x-team")).isEmpty();
        assertThat(seen.header("x-first")).isEmpty();
        assertThat(seen.header("x-forwarded-for")).isEmpty();
        assertThat(seen.headers("x-kept")).containsExactly("by rule");
        assertThat(seen.header("authorization")).contains("Bearer sk_fake_alpha");
        Recorded other = get("/v1/files");
        assertThat(other.header("x-team")).contains("ai");
        assertThat(other.header("x-forwarded-for")).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/models, /base/v1/models?api%20version=2024%2F%C3%A9",
        "/v1/models?, /base/v1/models?api%20version=2024%2F%C3%A9",
        "/v1/models?a=%2f+&b, /base/v1/models?a=%2f+&b&api%20version=2024%2F%C3%A9",
        "/v1/models?api%20version=1&b=&api%20Version=2&api%20version=3, /base/v1/models?api%20version=2024%2F%C3%A9&b=&api%20Version=2",
        "/v1/models?x=1&beta=true&y=2&%62eta, /base/v1/models?x=1&y=2&api%20version=2024%2F%C3%A9",
        "/v1/models?beta=1&, /base/v1/models?api%20version=2024%2F%C3%A9",
        "/query/v1/models?beta=1, /v1/models?api%20version=2024%2F%C3%A9&token=sk_fake_query"
    })
    void theQueryIsChangedAndTheRestOfItKept(String asked, String sent) throws IOException {
        assertThat(get(asked).target()).isEqualTo(sent);
    }

    @Test
    void aWebSocketsHandshakeIsChangedToo() throws IOException {
        upstream.on("/base/v1/realtime").reply(Reply.webSocket().echo());
        try (RawWebSocket socket = rig.webSocket("/v1/realtime?beta=1&model=fast", EdgeRig.AUTH, "X-Team: caller")) {
            assertThat(socket.text("hello").text()).isEqualTo("hello");
        }
        Recorded seen = upstream.requests().get(0);
        assertThat(seen.target()).isEqualTo("/base/v1/realtime?model=gpt-4o-mini&api%20version=2024%2F%C3%A9");
        assertThat(seen.header("x-team")).isEmpty();
        assertThat(seen.header("x-first")).contains("1");
    }

    @Test
    void theChangedBodyIsStillJson() throws JsonProcessingException, IOException {
        JsonNode seen =
                new ObjectMapper().readTree(post("/v1/messages", MESSAGES).text());
        assertThat(seen.fieldNames()).toIterable().containsExactly("model", "max_tokens", "messages");
    }
}
