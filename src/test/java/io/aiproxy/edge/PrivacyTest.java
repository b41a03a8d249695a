package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.credentials.TokenSource;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Head;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.SocketReply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A channel with {@code privacy: true}: neither side learns who the other is. Over real sockets. */
class PrivacyTest {
    private static final String[] GIVEN_AWAY = {
        "Server: istio-envoy",
        "Via: 1.1 google",
        "X-Powered-By: Express",
        "Alt-Svc: h3=\":443\"",
        "x-envoy-upstream-service-time: 12",
        "X-Served-By: cache-1",
        "X-Cache: Miss",
        "x-cache-hits: 0",
        "CF-Ray: 1-AMS",
        "cf-cache-status: DYNAMIC",
        "x-amz-cf-id: 1",
        "x-goog-hash: crc32c=1",
        "X-Vertex-AI-LLM-Request-Type: shared",
        "x-ms-region: East US",
        "openai-organization: acme",
        "openai-project: proj_1",
        "anthropic-organization-id: 1",
        "x-openai-proxy-wasm: v0.1",
        "Set-Cookie: __cf_bm=1",
        "NEL: {}",
        "Report-To: {}",
        "Server-Timing: gfet4t7",
        "Strict-Transport-Security: max-age=1"
    };
    private static final String[] NEEDED = {
        "x-request-id: req_1",
        "request-id: req_2",
        "Retry-After: 1",
        "retry-after-ms: 900",
        "x-ms-retry-after-ms: 900",
        "x-ratelimit-remaining-requests: 1",
        "anthropic-ratelimit-tokens-remaining: 2",
        "x-should-retry: false",
        "openai-processing-ms: 3",
        "x-goog-upload-status: active",
        "Cache-Control: no-store",
        "ETag: 1"
    };

    @TempDir
    Path directory;

    private final FakeUpstream upstream = FakeUpstream.start();
    private EdgeRig rig;

    @BeforeEach
    void start() throws Exception {
        String channels = """
                channels:
                  alpha: {base_url: "%1$s", api_key: sk_fake_alpha, forwarding: add}
                  open: {base_url: "%1$s", api_key: sk_fake_open, forwarding: add}
                """.formatted(upstream.baseUrl());
        rig = new EdgeRig(
                directory,
                channels,
                TokenSource.NONE,
                plain -> id -> id.equals("alpha") ? Channels.of(plain, id).privacy() : Channels.of(plain, id));
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
        upstream.close();
    }

    private RawClient.Answer get(String target, String... headers) throws IOException {
        try (RawClient client = rig.client()) {
            String[] all = new String[headers.length + 1];
            System.arraycopy(headers, 0, all, 0, headers.length);
            all[headers.length] = EdgeRig.AUTH;
            return client.get(target, all).answer();
        }
    }

    private static String name(String line) {
        return line.substring(0, line.indexOf(':'));
    }

    private static void isPrivate(Head head) {
        for (String line : GIVEN_AWAY) {
            assertThat(head.header(name(line))).as(line).isEmpty();
        }
    }

    @Test
    void theCallerDoesNotLearnWhoAnswers() throws IOException {
        Reply reply = Reply.json(429, "{}");
        for (String line : GIVEN_AWAY) {
            reply.header(name(line), line.substring(line.indexOf(':') + 1).strip());
        }
        for (String line : NEEDED) {
            reply.header(name(line), line.substring(line.indexOf(':') + 1).strip());
        }
        upstream.onAny().reply(reply);
        RawClient.Answer answer = get("/alpha/v1/models");
        isPrivate(answer.head());
        for (String line : NEEDED) {
            assertThat(answer.head().headers(name(line))).as(line).hasSize(1);
        }
        assertThat(answer.header("x-aiproxy-channel")).isEqualTo("alpha");
        RawClient.Answer open = get("/open/v1/models");
        for (String line : GIVEN_AWAY) {
            assertThat(open.head().headers(name(line))).as(line).hasSize(1);
        }
    }

    @Test
    void norDoesTheOpenerOfAWebSocket() throws IOException {
        SocketReply reply = Reply.webSocket();
        for (String line : GIVEN_AWAY) {
            reply.header(name(line), line.substring(line.indexOf(':') + 1).strip());
        }
        upstream.onAny().reply(reply.header("x-request-id", "req_1").echo());
        try (RawClient client = rig.client()) {
            RawWebSocket socket = RawWebSocket.on(client);
            RawClient.Answer answer = socket.handshake("/alpha/v1/realtime", EdgeRig.AUTH);
            assertThat(answer.status()).isEqualTo(101);
            isPrivate(answer.head());
            assertThat(answer.header("x-request-id")).isEqualTo("req_1");
            assertThat(socket.text("hello").text()).isEqualTo("hello");
        }
    }

    @Test
    void theChannelDoesNotLearnWhoCalls() throws IOException {
        upstream.onAny().reply(Reply.json("{}"));
        List<String> telling = List.of(
                "X-Forwarded-For: 10.1.2.3",
                "Forwarded: for=10.1.2.3",
                "X-Real-IP: 10.1.2.3",
                "User-Agent: team-laptop");
        get("/alpha/v1/models", telling.toArray(String[]::new));
        Recorded seen = upstream.last();
        for (String line : telling) {
            assertThat(seen.header(name(line))).as(line).isEmpty();
        }
        assertThat(seen.header("x-forwarded-host")).isEmpty();
        get("/open/v1/models", telling.toArray(String[]::new));
        assertThat(upstream.last().header("x-forwarded-for").orElse("")).startsWith("10.1.2.3, ");
    }
}
