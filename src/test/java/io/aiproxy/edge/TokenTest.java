package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Attempt;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.Secret;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Channels that want tokens: fetched before the call goes on, fetched anew when they are refused. Over real sockets. */
class TokenTest {
    private static final String BODY = "{\"model\":\"gpt-4o\",\"messages\":[]}";

    @TempDir
    Path directory;

    private final FakeUpstream upstream = FakeUpstream.start();
    private final ScriptedTokens tokens = new ScriptedTokens();
    private EdgeRig rig;

    @BeforeEach
    void start() throws Exception {
        String channels = """
                channels:
                  alpha:
                    base_url: %1$s
                    credentials: [{name: one, api_key: unused}, {name: two, api_key: unused}]
                  beta:
                    base_url: %1$s/beta
                    api_key: sk_fake_beta
                """.formatted(upstream.baseUrl());
        rig = new EdgeRig(
                directory,
                channels,
                tokens,
                plain -> id -> id.equals("alpha") ? Channels.of(plain, id).token() : Channels.of(plain, id));
        upstream.onAny().reply(Reply.json("{}"));
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
        upstream.close();
    }

    private RawClient.Answer chat() throws IOException {
        return post("/v1/chat/completions");
    }

    private RawClient.Answer post(String target) throws IOException {
        try (RawClient client = rig.client()) {
            RawClient.Answer answer = client.post(target, BODY, EdgeRig.AUTH).answer();
            answer.text();
            return answer;
        }
    }

    private List<String> credentialsSeen() {
        return upstream.requests().stream()
                .map(request -> request.header("authorization").orElse("none"))
                .toList();
    }

    /** {@code credential status failure} of each attempt of the only call. */
    private List<String> attempts() {
        await().until(() -> !rig.receipts().isEmpty());
        return rig.receipts().get(0).attempts().stream().map(TokenTest::told).toList();
    }

    private static String told(Attempt attempt) {
        return attempt.credential() + " " + attempt.status()
                + attempt.failure().map(kind -> " " + kind.code()).orElse("");
    }

    /** The channel takes this token and no other. */
    private void onlyTakes(String... good) {
        upstream.on(request -> request.path().equals("/v1/chat/completions")
                        && !List.of(good)
                                .contains(request.header("authorization")
                                        .orElse("")
                                        .substring(7)))
                .reply(Reply.json(401, "{\"error\":{\"message\":\"token expired\"}}"));
    }

    @Test
    void isFetchedOnceAndThenThere() throws IOException {
        tokens.bring("one", "token-1");
        assertThat(chat().status()).isEqualTo(200);
        assertThat(chat().header("x-aiproxy-attempts")).isEqualTo("1");
        assertThat(credentialsSeen()).containsExactly("Bearer token-1", "Bearer token-1");
        assertThat(tokens.fetches()).isEqualTo(1);
    }

    @Test
    void aTokenThatIsThereAtOnceIsTakenAtOnce() throws IOException {
        tokens.onFetch("one", fetch -> fetch.complete(Secret.of("token-1")));
        assertThat(chat().status()).isEqualTo(200);
        assertThat(credentialsSeen()).containsExactly("Bearer token-1");
    }

    @Test
    void withoutATokenAnotherChannelServes() throws IOException {
        tokens.fail("one");
        RawClient.Answer answer = chat();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-aiproxy-channel")).isEqualTo("beta");
        assertThat(upstream.only().header("authorization")).contains("Bearer sk_fake_beta");
        assertThat(attempts()).containsExactly("one 0 upstream_token_unavailable", "default 200");
    }

    @Test
    void withoutATokenAnotherCredentialServes() throws IOException {
        tokens.fail("one").bring("two", "token-2");
        assertThat(post("/alpha/v1/chat/completions").status()).isEqualTo(200);
        assertThat(credentialsSeen()).containsExactly("Bearer token-2");
        assertThat(attempts()).containsExactly("one 0 upstream_token_unavailable", "two 200");
    }

    @ParameterizedTest
    @CsvSource({
        "/alpha/v1/chat/completions, upstream_error",
        "/alpha/v1/messages, api_error",
        "/alpha/v1beta/models/gemini-2.5-flash:generateContent, UNAVAILABLE"
    })
    void withNothingLeftTheCallerIsToldInItsOwnWords(String target, String word) throws IOException {
        tokens.fail("one").fail("two");
        try (RawClient client = rig.client()) {
            RawClient.Answer answer = client.post(target, BODY, EdgeRig.AUTH).answer();
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.header("x-aiproxy-error-code")).isEqualTo("upstream_token_unavailable");
            assertThat(answer.header("x-aiproxy-attempts")).isEqualTo("2");
            assertThat(answer.text()).contains(word, "The token endpoint of the channel is down.");
        }
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void anUnforeseenProblemIsToldWithoutItsWords() throws IOException {
        for (String credential : List.of("one", "two")) {
            tokens.onFetch(credential, fetch -> fetch.completeExceptionally(new IOException("secret detail")));
        }
        try (RawClient client = rig.client()) {
            RawClient.Answer answer =
                    client.post("/alpha/v1/messages", BODY, EdgeRig.AUTH).answer();
            assertThat(answer.header("x-aiproxy-error-code")).isEqualTo("upstream_token_unavailable");
            assertThat(answer.text()).contains("alpha").doesNotContain("secret detail");
        }
    }

    @Test
    void aCallerWhoLeavesMeanwhileEndsTheCall() throws Exception {
        CompletableFuture<CompletableFuture<Secret>> asked = new CompletableFuture<>();
        tokens.onFetch("one", asked::complete);
        CompletableFuture<Secret> fetch;
        try (RawClient client = rig.client()) {
            client.post("/v1/chat/completions", BODY, EdgeRig.AUTH);
            fetch = asked.get(20, TimeUnit.SECONDS);
        }
        await().until(() -> !rig.receipts().isEmpty());
        Receipt receipt = rig.receipts().get(0);
        assertThat(receipt.status()).isEqualTo(FailureKind.CLIENT_CLOSED_REQUEST.status());
        assertThat(receipt.attempts()).isEmpty();
        fetch.complete(Secret.of("token-1"));
        assertThat(chat().status()).isEqualTo(200);
        assertThat(upstream.requests()).hasSize(1);
    }

    @Test
    void aRefusedTokenIsReplacedBeforeAnythingElseIsTried() throws IOException {
        tokens.have("one", "old").bring("one", "fresh");
        onlyTakes("fresh");
        RawClient.Answer answer = chat();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-aiproxy-channel")).isEqualTo("alpha");
        assertThat(answer.header("x-aiproxy-attempts")).isEqualTo("2");
        assertThat(credentialsSeen()).containsExactly("Bearer old", "Bearer fresh");
        assertThat(upstream.requests()).extracting(Recorded::text).containsOnly(BODY);
        assertThat(tokens.refused()).containsExactly("old");
        assertThat(attempts()).containsExactly("one 401", "one 200");
    }

    @Test
    void aFreshTokenThatIsRefusedTooIsTheCredentialsFault() throws IOException {
        tokens.have("one", "old").bring("one", "fresh").have("two", "good");
        onlyTakes("good");
        assertThat(post("/alpha/v1/chat/completions").status()).isEqualTo(200);
        assertThat(attempts()).containsExactly("one 401", "one 401", "two 200");
        assertThat(tokens.refused()).containsExactly("old");
        assertThat(tokens.fetches()).isEqualTo(1);
    }

    @Test
    void eachCredentialIsRefreshedOnceWithinTheAttemptsAllowed() throws IOException {
        tokens.have("one", "old").bring("one", "fresh").have("two", "old-2");
        onlyTakes("none");
        RawClient.Answer answer = post("/alpha/v1/chat/completions");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.header("x-aiproxy-error-code")).isEqualTo("upstream_credentials_exhausted");
        assertThat(attempts()).containsExactly("one 401", "one 401", "two 401");
        // nobody else is to be given it, although this call has no attempt left
        assertThat(tokens.refused()).containsExactly("old", "old-2");
    }

    @Test
    void aTokenThatCannotBeReplacedLeavesTheRestToOthers() throws IOException {
        tokens.have("one", "old").fail("one");
        onlyTakes("none");
        assertThat(chat().header("x-aiproxy-channel")).isEqualTo("beta");
        assertThat(attempts()).containsExactly("one 401", "one 0 upstream_token_unavailable", "default 200");
    }

    @Test
    void aWebSocketsHandshakeIsTheSame() throws IOException {
        tokens.bring("one", "old", "fresh");
        upstream.on("/v1/realtime").reply(Reply.webSocket().echo());
        upstream.on(request -> request.header("authorization").orElse("").contains("old"))
                .reply(Reply.json(401, "{}"));
        try (RawWebSocket socket = rig.webSocket("/v1/realtime?model=gpt-realtime", EdgeRig.AUTH)) {
            assertThat(socket.text("hello").text()).isEqualTo("hello");
        }
        assertThat(credentialsSeen()).containsExactly("Bearer old", "Bearer fresh");
        assertThat(attempts()).containsExactly("one 401", "one 101");
    }
}
