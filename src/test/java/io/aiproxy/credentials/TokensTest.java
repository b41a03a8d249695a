package io.aiproxy.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.config.TokenConfig.ClientAuth;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Secret;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets which token when, and how often the endpoint is asked. The clock stands still unless a test moves it. */
class TokensTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @TempDir
    Path directory;

    private final FakeUpstream endpoint = FakeUpstream.start();
    private final AtomicInteger issued = new AtomicInteger();
    private TokenKit kit;
    private Tokens tokens;

    @BeforeEach
    void open() {
        kit = new TokenKit(directory);
        tokens = kit.open();
    }

    @AfterEach
    void close() {
        kit.close();
        endpoint.close();
    }

    @Test
    void aThousandCallersCauseOneRequest() throws InterruptedException {
        Gate gate = Gate.closed();
        endpoint.onAny().reply(Reply.status(200).await(gate).body(answer("fake-one", 3600)));
        ChannelConfig channel = channel("corp", "fake-secret");
        ConcurrentLinkedQueue<CompletionStage<Secret>> stages = new ConcurrentLinkedQueue<>();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Thread thread = new Thread(() -> {
                pass(start);
                for (int call = 0; call < 50; call++) {
                    stages.add(fetch(channel));
                }
            });
            thread.start();
            threads.add(thread);
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        gate.open();

        assertThat(stages).hasSize(1000).allSatisfy(stage -> assertThat(TokenKit.get(stage))
                .isEqualTo("fake-one"));
        assertThat(endpoint.requests()).hasSize(1);
        assertThat(cached(channel)).isEqualTo("fake-one");
    }

    @Test
    void nobodyCanEndTheWaitingOfOthers() {
        Gate gate = Gate.closed();
        endpoint.onAny().reply(Reply.status(200).await(gate).body(answer("fake-one", 3600)));
        ChannelConfig channel = channel("corp", "fake-secret");
        var first = fetch(channel).toCompletableFuture();
        var second = fetch(channel);
        assertThat(first.cancel(true)).isTrue();
        gate.open();
        assertThat(TokenKit.get(second)).isEqualTo("fake-one");
    }

    @Test
    void aTokenIsRenewedInTheBackgroundBeforeItEnds() {
        issue(3600);
        ChannelConfig channel = channel("corp", "fake-secret");
        assertThat(cached(channel)).isNull();
        assertThat(TokenKit.get(fetch(channel))).isEqualTo("fake-1");

        pass(HOUR.minusMinutes(5).minusSeconds(1));
        assertThat(cached(channel)).isEqualTo("fake-1");
        assertThat(endpoint.requests()).hasSize(1);

        Gate gate = Gate.closed();
        endpoint.onAny().reply(Reply.status(200).await(gate).body(answer("fake-new", 3600)));
        pass(Duration.ofSeconds(1));
        for (int i = 0; i < 100; i++) { // the old one is given meanwhile, however many ask
            assertThat(cached(channel)).isEqualTo("fake-1");
            assertThat(TokenKit.get(fetch(channel))).isEqualTo("fake-1");
        }
        gate.open();
        await().until(() -> "fake-new".equals(cached(channel)));
        assertThat(endpoint.requests()).hasSize(2);
    }

    @Test
    void aRefreshThatFailsKeepsTheOldOneToItsEndAndIsTriedLessAndLess() {
        issue(3600);
        ChannelConfig channel = channel("corp", "fake-secret");
        TokenKit.get(fetch(channel));
        endpoint.onAny().reply(Reply.status(500));
        pass(HOUR.minusMinutes(5));

        int expected = 1;
        for (int wait : new int[] {1, 2, 4, 8, 16, 32, 60, 60}) {
            assertThat(cached(channel)).isEqualTo("fake-1");
            awaitFailures(expected++);
            assertThat(cached(channel)).isEqualTo("fake-1");
            pass(Duration.ofSeconds(wait).minusMillis(1));
            assertThat(cached(channel)).isEqualTo("fake-1");
            assertThat(endpoint.requests()).hasSize(expected);
            pass(Duration.ofMillis(1));
        }
        pass(Duration.ofMinutes(5));
        assertThat(cached(channel)).isNull();
        assertThat(TokenKit.failure(fetch(channel)).failure().kind()).isEqualTo(FailureKind.UPSTREAM_TOKEN_UNAVAILABLE);

        issue(3600);
        pass(Duration.ofMinutes(1));
        assertThat(TokenKit.get(fetch(channel))).isEqualTo("fake-2");
        assertThat(kit.log()).anyMatch(line -> line.startsWith("INFO") && line.contains("can be had again"));
    }

    @Test
    void aDeadEndpointIsNotHammered() {
        endpoint.onAny().reply(Reply.status(500));
        ChannelConfig channel = channel("corp", "fake-secret");
        int expected = 1;
        for (int wait : new int[] {1, 2, 4, 8, 16, 30, 30}) {
            FailureException first = TokenKit.failure(fetch(channel));
            for (int i = 0; i < 20; i++) { // told at once, and the very same
                assertThat(TokenKit.failure(fetch(channel))).isSameAs(first);
            }
            pass(Duration.ofSeconds(wait).minusMillis(1));
            assertThat(TokenKit.failure(fetch(channel))).isSameAs(first);
            assertThat(endpoint.requests()).hasSize(expected++);
            pass(Duration.ofMillis(1));
        }
        issue(3600);
        assertThat(TokenKit.get(fetch(channel))).isEqualTo("fake-1");

        // A success is a new beginning.
        endpoint.onAny().reply(Reply.status(500));
        pass(HOUR);
        TokenKit.failure(fetch(channel));
        pass(Duration.ofSeconds(1));
        issue(3600);
        assertThat(TokenKit.get(fetch(channel))).isEqualTo("fake-2");
    }

    @Test
    void oneCredentialsTroubleIsNotAnothers() {
        endpoint.on(r -> r.text().contains("fake-bad")).reply(Reply.json(401, "{\"error\":\"invalid_client\"}"));
        endpoint.on(r -> r.text().contains("fake-good")).reply(Reply.json(answer("fake-one", 3600)));
        ChannelConfig channel =
                TokenKit.channel("corp", config(), credential("bad", "fake-bad"), credential("good", "fake-good"));
        TokenKit.failure(tokens.fetch(channel, channel.credentials().get(0)));
        assertThat(TokenKit.get(tokens.fetch(channel, channel.credentials().get(1))))
                .isEqualTo("fake-one");
    }

    @Test
    void shortLivesAreUsedForFourFifths() {
        issue(60);
        ChannelConfig channel = channel("corp", "fake-secret");
        TokenKit.get(fetch(channel));
        pass(Duration.ofSeconds(47));
        assertThat(cached(channel)).isEqualTo("fake-1");
        assertThat(endpoint.requests()).hasSize(1);
        pass(Duration.ofSeconds(1));
        assertThat(cached(channel)).isEqualTo("fake-1");
        await().until(() -> "fake-2".equals(cached(channel)));
        pass(Duration.ofSeconds(60));
        assertThat(cached(channel)).isNull();
    }

    @Test
    void aLifeThatIsHardlyLongerThanTheEarlinessIsNotRenewedAllTheTime() {
        issue(301);
        ChannelConfig channel = channel("corp", "fake-secret");
        TokenKit.get(fetch(channel));
        pass(Duration.ofSeconds(200));
        assertThat(cached(channel)).isEqualTo("fake-1");
        assertThat(endpoint.requests()).hasSize(1);
    }

    @Test
    void aRefusedTokenIsGoneAndANewerOneStays() {
        issue(3600);
        ChannelConfig channel = channel("corp", "fake-secret");
        TokenKit.get(fetch(channel));
        refuse(channel, "fake-1");
        assertThat(cached(channel)).isNull();
        assertThat(TokenKit.get(fetch(channel))).isEqualTo("fake-2");
        refuse(channel, "fake-1"); // a call that was under way with it
        assertThat(cached(channel)).isEqualTo("fake-2");
        assertThat(endpoint.requests()).hasSize(2);
    }

    @Test
    void aChannelThatRefusesEveryNewTokenIsNotFedForEver() {
        issue(3600);
        ChannelConfig channel = channel("corp", "fake-secret");
        refuse(channel, TokenKit.get(fetch(channel)));
        refuse(channel, TokenKit.get(fetch(channel)));
        assertThat(TokenKit.failure(fetch(channel)).getMessage())
                .contains("\"corp\"", "\"main\"", "refuses every new token");
        assertThat(endpoint.requests()).hasSize(2);
        pass(Duration.ofSeconds(1));
        refuse(channel, TokenKit.get(fetch(channel)));
        pass(Duration.ofSeconds(1));
        TokenKit.failure(fetch(channel));
        pass(Duration.ofSeconds(1));

        // One that was good for a while ends the suspicion.
        String good = TokenKit.get(fetch(channel));
        pass(Duration.ofMinutes(1));
        refuse(channel, good);
        assertThat(TokenKit.get(fetch(channel))).isEqualTo("fake-5");
    }

    @Test
    void aChangedConfigurationNeverUsesAnOldToken() {
        issue(3600);
        ChannelConfig before = channel("corp", "fake-secret");
        TokenKit.get(fetch(before));

        assertThat(cached(channel("corp", "fake-secret")))
                .as("read again, unchanged")
                .isEqualTo("fake-1");
        assertThat(cached(channel("corp", "fake-other"))).isNull();
        assertThat(cached(channel("corp-2", "fake-secret"))).isNull();
        assertThat(cached(TokenKit.channel("corp", config(), credential("second", "fake-secret"))))
                .isNull();
        TokenConfig.ClientCredentials other =
                TokenKit.client(endpoint.baseUrl() + "/token", ClientAuth.BASIC, TokenKit.TIMING);
        assertThat(cached(TokenKit.channel("corp", other, credential("main", "fake-secret"))))
                .isNull();
        assertThat(cached(before)).isEqualTo("fake-1");
    }

    @Test
    void whatIsGoneFromTheConfigurationIsForgotten() {
        issue(3600);
        ChannelConfig before = channel("corp", "fake-secret");
        tokens.retain(TokenKit.snapshot(before));
        TokenKit.get(fetch(before));
        tokens.retain(TokenKit.snapshot(channel("corp", "fake-secret")));
        assertThat(cached(before)).isEqualTo("fake-1");
        tokens.retain(TokenKit.snapshot(channel("corp", "fake-new")));
        assertThat(cached(before)).isNull();
        tokens.retain(TokenKit.snapshot(before));
        assertThat(TokenKit.get(fetch(before))).isEqualTo("fake-2");
    }

    @Test
    void tokensSignedHereAreKeptForTheirLifetime() {
        ChannelConfig channel = TokenKit.channel(
                "flow",
                new TokenConfig.Jwt(
                        TokenConfig.Algorithm.HS256,
                        "{client_secret}",
                        TokenKit.json("{}"),
                        java.util.Map.of(),
                        true,
                        java.util.Optional.empty(),
                        TokenKit.TIMING),
                credential("main", "fake"));
        String first = TokenKit.get(fetch(channel));
        pass(Duration.ofMinutes(50));
        assertThat(cached(channel)).isEqualTo(first);
        pass(Duration.ofMinutes(6));
        assertThat(cached(channel)).isEqualTo(first);
        await().until(() -> !first.equals(cached(channel)));
        assertThat(directory).isEmptyDirectory(); // it costs nothing to make another one
    }

    private void awaitFailures(int count) {
        await().until(() -> kit.warnings().size() == count);
        await().until(() -> endpoint.requests().size() == count + 1);
    }

    private void issue(long seconds) {
        endpoint.onAny().answer(request -> Reply.json(answer("fake-" + issued.incrementAndGet(), seconds)));
    }

    private static String answer(String token, long seconds) {
        return "{\"access_token\":\"" + token + "\",\"expires_in\":" + seconds + "}";
    }

    private CompletionStage<Secret> fetch(ChannelConfig channel) {
        return tokens.fetch(channel, channel.credentials().get(0));
    }

    private String cached(ChannelConfig channel) {
        Secret token = tokens.cached(channel, channel.credentials().get(0));
        return token == null ? null : token.reveal();
    }

    private void refuse(ChannelConfig channel, String token) {
        tokens.refused(channel, channel.credentials().get(0), Secret.of(token));
    }

    private void pass(Duration time) {
        kit.clock.pass(time);
    }

    private ChannelConfig channel(String id, String secret) {
        return TokenKit.channel(id, config(), credential("main", secret));
    }

    private TokenConfig config() {
        return TokenKit.client(endpoint.baseUrl() + "/token", ClientAuth.POST, TokenKit.TIMING);
    }

    private static CredentialConfig credential(String name, String secret) {
        return TokenKit.credential(name, "client_id", "id", "client_secret", secret, "tenant", "t");
    }

    private static void pass(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
