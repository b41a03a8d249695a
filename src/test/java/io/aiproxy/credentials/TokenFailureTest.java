package io.aiproxy.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.config.TokenConfig.ClientAuth;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which an endpoint can fail has words of its own, and none of them holds a secret. */
class TokenFailureTest {
    private static final String SECRET = "fake-Secret:one/two+three";
    private static final String TOKEN = "fake-token-that-nobody-may-see";

    @TempDir
    Path directory;

    private final FakeUpstream endpoint = FakeUpstream.start();
    private TokenKit kit;

    @BeforeEach
    void open() {
        kit = new TokenKit(directory);
    }

    @AfterEach
    void close() {
        kit.close();
        endpoint.close();
    }

    static Stream<Arguments> answers() {
        String token = "{\"access_token\":\"" + TOKEN + "\",\"expires_in\":";
        return Stream.of(
                Arguments.of(
                        "invalid_client",
                        r(401, "{\"error\":\"invalid_client\"}"),
                        "refused the credential with 401 (invalid_client)"),
                Arguments.of(
                        "description",
                        r(400, "{\"error\":\"invalid_grant\",\"error_description\":\"Account\\n gone\"}"),
                        "400 (invalid_grant: Account gone)"),
                Arguments.of("throttled", r(429, ""), "too many requests: it answered 429"),
                Arguments.of("500", r(500, "<html>" + TOKEN + "</html>"), "failed with 500"),
                Arguments.of(
                        "503",
                        r(503, "{\"error\":\"temporarily_unavailable\"}"),
                        "failed with 503 (temporarily_unavailable)"),
                Arguments.of(
                        "redirect",
                        rule(Reply.status(302).header("location", "http://evil.example/?c=" + TOKEN)),
                        "302, a redirect"),
                Arguments.of(
                        "html",
                        r(200, "<html>Log in first: " + TOKEN + "</html>"),
                        "200 with something that is not JSON"),
                Arguments.of("malformed", r(200, "{\"access_token\":\"" + TOKEN), "not JSON"),
                Arguments.of("empty", r(200, ""), "not JSON"),
                Arguments.of("a bare text", r(200, "\"" + TOKEN + "\""), "not JSON"),
                Arguments.of("204", rule(Reply.status(204)), "204 with something that is not JSON"),
                Arguments.of(
                        "no token", r(200, "{\"id_token\":\"" + TOKEN + "\"}"), "without a token at /access_token"),
                Arguments.of(
                        "no token but an error",
                        r(200, "{\"error\":\"bad_verification_code\"}"),
                        "200 (bad_verification_code) without a token"),
                Arguments.of("null token", r(200, "{\"access_token\":null}"), "without a token at /access_token"),
                Arguments.of("object token", r(200, "{\"access_token\":{}}"), "without a token at /access_token"),
                Arguments.of("blank token", r(200, "{\"access_token\":\" \"}"), "without a token at /access_token"),
                Arguments.of(
                        "line break",
                        r(200, "{\"access_token\":\"" + TOKEN + "\\r\\nX: 1\"}"),
                        "cannot stand in a header"),
                Arguments.of("no life", r(200, token + "0}"), "lives 0 s"),
                Arguments.of("dead already", r(200, token + "\"-5\"}"), "lives -5 s"),
                Arguments.of("odd lifetime", r(200, token + "\"soon\"}"), "not a number of seconds"),
                Arguments.of("object lifetime", r(200, token + "{}}"), "not a number of seconds"),
                Arguments.of("huge", rule(Reply.status(200).chunked().generated(300 << 10)), "more than 256 KiB"),
                Arguments.of("endless", rule(Reply.status(200).chunked().generated(1L << 30)), "more than 256 KiB"),
                Arguments.of(
                        "cut",
                        rule(Reply.status(200)
                                .length(100)
                                .write("{\"access_token\":\"")
                                .cut()),
                        "closed the connection"),
                Arguments.of("hang up", rule(Reply.hangUp()), "closed the connection"),
                Arguments.of("not http", rule(Reply.raw("SSH-2.0-fake\r\n\r\n")), "closed the connection"),
                Arguments.of("echo", echo(), "refused the credential with 400 (invalid_request: "),
                Arguments.of(
                        "echo as code",
                        r(400, "{\"error\":\"" + SECRET + "\"}"),
                        "refused the credential with 400 (***)"));
    }

    private static Function<Recorded, Reply> r(int status, String body) {
        return request -> Reply.json(status, body);
    }

    private static Function<Recorded, Reply> rule(Reply reply) {
        return request -> reply;
    }

    /** Repeats all that it was sent, whole and in part. */
    private static Function<Recorded, Reply> echo() {
        return request -> Reply.json(
                400,
                "{\"error\":\"invalid_request\",\"error_description\":\"not "
                        + request.header("authorization").orElse("").substring("Basic ".length()) + ", " + SECRET
                        + ", " + SECRET.substring(0, 12) + "..., " + request.text() + "\"}");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void isToldInItsOwnWords(String name, Function<Recorded, Reply> answer, String words) {
        endpoint.onAny().answer(answer);
        FailureException thrown = failure(corp(endpoint.baseUrl() + "/token"));

        assertThat(thrown.getMessage())
                .contains("\"corp\"", "\"main\"", "localhost:" + endpoint.port(), words)
                .hasSizeLessThan(500);
        assertSilent(thrown);
    }

    @Test
    void anEndpointThatHangsIsGivenUpAndHungUpOn() {
        endpoint.onAny().reply(Reply.silent());
        assertThat(failure(corp(endpoint.baseUrl() + "/token", Duration.ofMillis(300)))
                        .getMessage())
                .contains("not answered within 300ms");
        endpoint.awaitRequest(1).awaitHangup();
    }

    @Test
    void anAnswerThatNeverEndsIsGivenUpToo() {
        endpoint.onAny()
                .reply(Reply.status(200).chunked().write("{\"access_token\":\"").stall());
        assertThat(failure(corp(endpoint.baseUrl() + "/token", Duration.ofMillis(300)))
                        .getMessage())
                .contains("not answered within 300ms");
        endpoint.awaitRequest(1).awaitHangup();
    }

    @Test
    void nobodyThereAndNoSuchName() {
        assertThat(failure(corp("http://localhost:" + FakeUpstream.refusingPort() + "/"))
                        .getMessage())
                .contains("cannot be reached");
        assertThat(failure(corp("http://no-such-host.invalid/")).getMessage())
                .contains("no-such-host.invalid", "cannot be reached");
    }

    @Test
    void aBrokenConnectionIsTriedOnceMore() {
        endpoint.onAny().reply(Reply.hangUp()).reply(Reply.json("{\"access_token\":\"" + TOKEN + "\"}"));
        ChannelConfig channel = corp(endpoint.baseUrl() + "/token");
        assertThat(TokenKit.get(kit.open().fetch(channel, channel.credentials().get(0))))
                .isEqualTo(TOKEN);
        assertThat(endpoint.requests()).hasSize(2);
    }

    @Test
    void aSecretThatCannotStandInAHeaderIsNotShown() {
        TokenConfig.Login login = new TokenConfig.Login(
                URI.create(endpoint.baseUrl()),
                "POST",
                Map.of("X-Pass", "{client_secret}"),
                TokenKit.json("{}"),
                false,
                "/token",
                Optional.empty(),
                TokenKit.TIMING);
        ChannelConfig channel =
                TokenKit.channel("corp", login, TokenKit.credential("main", "client_secret", SECRET + "\r\nX: 1"));
        FailureException thrown =
                TokenKit.failure(kit.open().fetch(channel, channel.credentials().get(0)));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
        assertThat(thrown.getMessage()).contains("\"x-pass\"");
        assertSilent(thrown);
    }

    @Test
    void alogInWithoutALifetimeOrWithABadPointerIsTold() {
        endpoint.onAny().reply(Reply.json("{\"data\":{\"token\":\"" + TOKEN + "\"}}"));
        ChannelConfig channel = TokenKit.channel(
                "corp",
                TokenKit.login(endpoint.baseUrl() + "/", "{}", false, Optional.of("/data/expires")),
                TokenKit.credential("main", "tenant", "t"));
        FailureException thrown =
                TokenKit.failure(kit.open().fetch(channel, channel.credentials().get(0)));
        assertThat(thrown.getMessage()).contains("without its lifetime at /data/expires");
        ChannelConfig bad = TokenKit.channel(
                "corp",
                TokenKit.login(endpoint.baseUrl() + "/", "{}", false, Optional.of("data.expires")),
                TokenKit.credential("main", "tenant", "t"));
        thrown = TokenKit.failure(kit.open().fetch(bad, bad.credentials().get(0)));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
        assertThat(thrown.getMessage()).contains("data.expires", "JSON pointer");
    }

    @Test
    void aFormMustBeFlat() {
        for (String body : List.of("[1]", "{\"a\":{}}")) {
            ChannelConfig channel = TokenKit.channel(
                    "corp",
                    TokenKit.login(endpoint.baseUrl() + "/", body.replace("{}", "{\"b\":1}"), true, Optional.empty()),
                    TokenKit.credential("main", "tenant", "t"));
            FailureException thrown = TokenKit.failure(
                    kit.open().fetch(channel, channel.credentials().get(0)));
            assertThat(thrown.failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
            assertThat(thrown.getMessage()).contains("as a form");
        }
    }

    @Test
    void aChannelWithoutARecipeHasNoToken() {
        ChannelConfig channel = TokenKit.channel("plain", null, TokenKit.credential("main"));
        CredentialConfig credential = channel.credentials().get(0);
        try (Tokens tokens = kit.open()) {
            assertThat(tokens.cached(channel, credential)).isNull();
            assertThat(TokenKit.failure(tokens.fetch(channel, credential))
                            .failure()
                            .kind())
                    .isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
        }
    }

    @Test
    void whoeverAsksAGatewayThatStopsIsAnswered() {
        ChannelConfig channel = corp(endpoint.baseUrl() + "/token");
        endpoint.onAny().reply(Reply.silent());
        Tokens tokens = kit.open();
        var waiting = tokens.fetch(channel, channel.credentials().get(0));
        endpoint.awaitRequest(1);
        tokens.close();
        assertThat(TokenKit.failure(waiting).getMessage()).contains("stopping");
        assertThat(TokenKit.failure(tokens.fetch(channel, channel.credentials().get(0)))
                        .failure()
                        .kind())
                .isEqualTo(FailureKind.UPSTREAM_TOKEN_UNAVAILABLE);
    }

    private FailureException failure(ChannelConfig channel) {
        FailureException thrown =
                TokenKit.failure(kit.open().fetch(channel, channel.credentials().get(0)));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.UPSTREAM_TOKEN_UNAVAILABLE);
        assertThat(kit.warnings()).anyMatch(line -> line.contains(thrown.getMessage()));
        return thrown;
    }

    /** Neither the exception with all its causes nor the log has any of it. */
    private void assertSilent(FailureException thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        String basic = endpoint.requests().stream()
                .flatMap(request -> request.header("authorization").stream())
                .map(value -> value.substring("Basic ".length()))
                .findFirst()
                .orElse("nothing was sent");
        assertThat(trace + String.join("\n", kit.log()))
                .doesNotContain(SECRET, SECRET.substring(0, 12), Form.encode(SECRET), TOKEN, basic, "t-own-1234")
                .doesNotContain(basic.substring(0, 12));
    }

    private static ChannelConfig corp(String url) {
        return corp(url, Duration.ofSeconds(10));
    }

    private static ChannelConfig corp(String url, Duration timeout) {
        return TokenKit.channel(
                "corp",
                TokenKit.client(
                        url, ClientAuth.BASIC, TokenKit.timing(Duration.ofHours(1), Duration.ofMinutes(5), timeout)),
                TokenKit.credential(
                        "main", "client_id", "fake-client", "client_secret", SECRET, "tenant", "t-own-1234"));
    }
}
