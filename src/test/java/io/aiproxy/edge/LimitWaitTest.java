package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.TokenSource;
import io.aiproxy.limits.Counters;
import io.aiproxy.limits.LocalCounters;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts that are kept elsewhere answer late, never, or when nobody waits any more. */
@NeedsGateway
class LimitWaitTest {
    private static final String USER = "user/zhangsan/concurrent";
    private static final String CHANNEL = "channel/alpha/concurrent";

    @TempDir
    private Path directory;

    private final FakeUpstream upstream = FakeUpstream.start();
    private final Late late = new Late();
    private EdgeRig rig;

    /** Answers when the test says so, on the test's thread. */
    private static final class Late implements Counters {
        private final LocalCounters counts = LocalCounters.inMemory(Ticker.SYSTEM);
        private final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();

        private record Asked(List<Claim> claims, long millis, CompletableFuture<Verdict> answer) {}

        @Override
        public CompletionStage<Verdict> take(List<Claim> claims, long nowMillis) {
            Asked one = new Asked(claims, nowMillis, new CompletableFuture<>());
            asked.add(one);
            return one.answer;
        }

        @Override
        public void correct(List<Claim> claims, long takenMillis) {
            counts.correct(claims, takenMillis);
        }

        private Asked next() throws InterruptedException {
            Asked one = asked.poll(20, TimeUnit.SECONDS);
            assertThat(one).as("somebody asks").isNotNull();
            return one;
        }

        void answer() throws InterruptedException {
            answer(next());
        }

        void answer(Asked one) {
            one.answer.complete(
                    counts.take(one.claims, one.millis).toCompletableFuture().join());
        }

        void fail() throws InterruptedException {
            next().answer.completeExceptionally(new IOException("nobody is there"));
        }

        @Override
        public void close() {
            counts.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        upstream.onAny().reply(Reply.json("{}"));
        String channels = """
                channels:
                  alpha: {base_url: "%s", api_key: sk_fake_alpha, limits: [{concurrent: 1}]}
                """.formatted(upstream.baseUrl());
        rig = new EdgeRig(
                directory,
                channels,
                ", limits: [{concurrent: 1}]",
                plain -> id -> Channels.of(plain, id),
                new EdgeKit.Elsewhere(TokenSource.NONE, late));
    }

    @AfterEach
    void stop() throws Exception {
        rig.close();
        upstream.close();
    }

    private RawClient asking() throws IOException {
        return rig.client().post("/v1/chat/completions", "{}", EdgeRig.AUTH);
    }

    private void nothingIsLeft() {
        await().until(() -> late.counts.used(USER) == 0 && late.counts.used(CHANNEL) == 0);
    }

    @Test
    void theCallGoesOnWhenTheAnswersHaveCome() throws Exception {
        try (RawClient client = asking()) {
            late.answer();
            late.answer();
            assertThat(client.answer().status()).isEqualTo(200);
        }
        nothingIsLeft();
    }

    @Test
    void aLateRefusalIsARefusal() throws Exception {
        try (RawClient first = asking();
                RawClient second = asking()) {
            Late.Asked one = late.next();
            late.answer();
            late.answer(one);
            late.answer(); // the attempt of the one that was let through
            assertThat(List.of(first.answer().status(), second.answer().status()))
                    .containsExactlyInAnyOrder(200, 429);
        }
        nothingIsLeft();
    }

    @Test
    void whatIsTakenForACallerWhoHasLeftIsGivenBack() throws Exception {
        Late.Asked one;
        try (RawClient client = asking()) {
            one = late.next();
            client.reset();
        }
        await().until(() -> rig.receipts().size() == 1);
        late.answer(one);
        nothingIsLeft();
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void soIsWhatIsTakenOfTheChannel() throws Exception {
        Late.Asked one;
        try (RawClient client = asking()) {
            late.answer();
            one = late.next();
            client.reset();
        }
        await().until(() -> rig.receipts().size() == 1);
        late.answer(one);
        nothingIsLeft();
        assertThat(upstream.requests()).isEmpty();
    }

    @Test
    void withoutCountsNothingIsLetThrough() throws Exception {
        try (RawClient client = asking()) {
            late.fail();
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.header("x-aiproxy-error-code")).isEqualTo("limits_unavailable");
        }
        try (RawClient client = asking()) {
            late.answer();
            late.fail();
            assertThat(client.answer().status()).isEqualTo(503);
        }
        nothingIsLeft();
        assertThat(upstream.requests()).isEmpty();
    }
}
