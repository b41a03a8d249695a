package io.aiproxy.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.TokenConfig.ClientAuth;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A token endpoint that asks for patience is given it, and nobody waits meanwhile. */
class TokenPatienceTest {
    @TempDir
    Path directory;

    private final FakeUpstream endpoint = FakeUpstream.start();
    private TokenKit kit;
    private Tokens tokens;
    private ChannelConfig channel;

    @BeforeEach
    void open() {
        kit = new TokenKit(directory);
        tokens = kit.open();
        channel = TokenKit.channel(
                "corp",
                TokenKit.client(endpoint.baseUrl() + "/token", ClientAuth.POST, TokenKit.TIMING),
                TokenKit.credential("main", "client_id", "id", "client_secret", "fake-secret", "tenant", "t"));
    }

    @AfterEach
    void close() {
        kit.close();
        endpoint.close();
    }

    private void answerFirst(int status, String name, String value) {
        endpoint.onAny().reply(Reply.status(status).header(name, value)).reply(token("fake-one", 3600));
    }

    private static Reply token(String value, long seconds) {
        return Reply.json("{\"access_token\":\"" + value + "\",\"expires_in\":" + seconds + "}");
    }

    private Failure failure() {
        return TokenKit.failure(tokens.fetch(channel, channel.credentials().get(0)))
                .failure();
    }

    private String fetch() {
        return TokenKit.get(tokens.fetch(channel, channel.credentials().get(0)));
    }

    @ParameterizedTest
    @CsvSource({
        "429, Retry-After, 20, 20",
        "503, Retry-After, 20, 20",
        "429, retry-after-ms, 7000, 7",
        "429, Retry-After, 86400, 300",
        "503, Retry-After, 99999999, 300",
    })
    void nobodyAsksBeforeItsTimeIsOver(int status, String name, String value, int seconds) {
        answerFirst(status, name, value);
        Failure first = failure();
        assertThat(first.kind()).isEqualTo(FailureKind.UPSTREAM_TOKEN_UNAVAILABLE);
        assertThat(first.retryAfter()).contains(Duration.ofSeconds(seconds));
        assertThat(first.message()).contains(status + ", and is left in peace for " + seconds + " s");

        kit.clock.pass(Duration.ofSeconds(seconds - 1));
        assertThat(failure().retryAfter()).contains(Duration.ofSeconds(1));
        assertThat(endpoint.requests()).hasSize(1);

        kit.clock.pass(Duration.ofSeconds(1));
        assertThat(fetch()).isEqualTo("fake-one");
        assertThat(endpoint.requests()).hasSize(2);
    }

    @Test
    void aDateIsUnderstoodToo() {
        String date = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.ofEpochMilli(kit.clock.millis()).plusSeconds(40).atZone(ZoneOffset.UTC));
        answerFirst(503, "Retry-After", date);
        assertThat(failure().retryAfter().orElseThrow()).isBetween(Duration.ofSeconds(39), Duration.ofSeconds(40));
        kit.clock.pass(Duration.ofSeconds(38));
        failure();
        assertThat(endpoint.requests()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"429, soon", "429, 0", "429, -5", "500, 60", "401, 60"})
    void whatIsNoSuchWishIsNotWaitedFor(int status, String value) {
        answerFirst(status, "Retry-After", value);
        assertThat(failure().retryAfter()).isEmpty();
        kit.clock.pass(Duration.ofSeconds(1));
        assertThat(fetch()).isEqualTo("fake-one");
    }

    @Test
    void aShortWishDoesNotShortenThePauseAfterManyFailures() {
        endpoint.onAny().reply(Reply.status(503).header("Retry-After", "1"));
        for (int wait : new int[] {1, 2, 4}) {
            failure();
            kit.clock.pass(Duration.ofSeconds(wait).minusMillis(1));
            int asked = endpoint.requests().size();
            failure();
            assertThat(endpoint.requests()).hasSize(asked);
            kit.clock.pass(Duration.ofMillis(1));
        }
    }

    @Test
    void theTokenAtHandServesWhileItsSuccessorIsWaitedFor() {
        endpoint.onAny()
                .reply(token("fake-old", 3600))
                .reply(Reply.status(429).header("Retry-After", "120"))
                .reply(token("fake-new", 3600));
        assertThat(fetch()).isEqualTo("fake-old");
        kit.clock.pass(Duration.ofMinutes(56));
        assertThat(fetch()).isEqualTo("fake-old");
        await().until(() -> kit.warnings().size() == 1);
        kit.clock.pass(Duration.ofSeconds(119));
        assertThat(fetch()).isEqualTo("fake-old");
        assertThat(endpoint.requests()).hasSize(2);
        kit.clock.pass(Duration.ofSeconds(1));
        assertThat(fetch()).isEqualTo("fake-old");
        await().until(() -> fetch().equals("fake-new"));
    }

    @Test
    void anotherConfigurationMayTryAtOnce() {
        answerFirst(429, "Retry-After", "120");
        failure();
        tokens.retain(TokenKit.snapshot(channel));
        assertThat(fetch()).isEqualTo("fake-one");
    }
}
