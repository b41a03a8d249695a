package io.aiproxy.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.config.LimitConfig.Quantity;
import io.aiproxy.core.Attempt;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Ending;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Money in limits: estimated before, settled after, corrected when somebody knows better. */
class CostTest {
    private static final String TOKENS = "user/a/tokens/3600s";
    private static final String MONEY = "user/a/cost/3600s";

    private final LimitKit.Clock clock = new LimitKit.Clock("2026-05-01T10:00:00Z");
    private final LocalCounters counters = LocalCounters.inMemory(clock, 100);
    /** Input costs 1000 billionths a token and output 2000; at the channel "dear" ten times as much. */
    private final Cost cost = spent -> (spent.channel().equals("dear") ? 10 : 1)
            * (spent.usage().inputTokens() * 1_000 + spent.usage().outputTokens() * 2_000);

    private final Limits limits = new Limits(counters, new TokenEstimate(cost, clock), new Nobody(), clock);

    private static final class Nobody implements LimitWatch {
        @Override
        public void rejected(Met met) {}

        @Override
        public void exhausted(Met met) {}

        @Override
        public void nearing(Met met) {}
    }

    private static Limit limit(String name, Quantity quantity, long amount) {
        LimitConfig config = LimitKit.limit(quantity, amount, new LimitConfig.Sliding(Duration.ofHours(1)));
        return new Limit(new Counter(name, config), Scope.USER, "a", List.of(), "CNY");
    }

    private static LimitPlan plan(long tokens, long money) {
        return new LimitPlan(List.of(limit(TOKENS, Quantity.TOKENS, tokens), limit(MONEY, Quantity.COST, money)));
    }

    private Taken take(long money, Asked asked) {
        return limits.take(plan(1_000_000, money), asked).join();
    }

    private static Asked asked(String channel, long bytes, long maxTokens) {
        return new Asked(channel, "m", "chat", bytes, true, maxTokens, false, false);
    }

    private static Receipt receipt(int status, Optional<Usage> usage, UsageSource source) {
        Attempt attempt = new Attempt("cheap", "one", status, Optional.<FailureKind>empty(), 0, 1, status < 400);
        return new Receipt(
                "request-1",
                0,
                true,
                "a",
                "key",
                "cheap",
                "one",
                Dialect.OPENAI,
                "chat",
                "m",
                "POST",
                "/v1/chat/completions",
                status,
                Ending.OK,
                "",
                400,
                400,
                1,
                1,
                1,
                List.of(attempt),
                "127.0.0.1",
                "",
                -1,
                1,
                Optional.empty(),
                usage,
                source,
                "m-2026",
                "/v1/chat/completions",
                List.of(),
                Map.of(),
                Optional.empty(),
                "");
    }

    private static Optional<Usage> used(long input, long output) {
        return Optional.of(new Usage(input, output, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void beforeTheCallItsInputAndItsBoundAreReserved() {
        assertThat(take(1_000, asked("", 400, 50)).refusal()).isEmpty();
        assertThat(counters.used(MONEY)).isEqualTo(100 + 2 * 50);

        assertThat(take(1_000, asked("dear", 400, 0)).refusal())
                .as("the channel's price counts where it is known")
                .isPresent();
        assertThat(take(1_100, asked("dear", 352, 0)).refusal()).isEmpty();
        assertThat(counters.used(MONEY)).isEqualTo(200 + 880);
    }

    @Test
    void afterTheCallWhatTheProviderTellsCounts() {
        Taken taken = take(1_000, asked("", 400, 50));
        taken.over(receipt(200, used(10, 20), UsageSource.PROVIDER));

        assertThat(counters.used(MONEY)).isEqualTo(10 + 40);
        assertThat(counters.used(TOKENS)).isEqualTo(30);
    }

    @Test
    void aCallThatFailedCostsNothing() {
        take(1_000, asked("", 400, 50)).over(receipt(500, Optional.empty(), UsageSource.NONE));
        take(1_000, asked("", 400, 50)).over(receipt(500, Optional.of(Usage.NONE), UsageSource.NONE));

        assertThat(counters.used(MONEY)).isZero();
    }

    @Test
    void lessThanAMillionthCountsAsOne() {
        assertThat(Metering.Use.of(Usage.NONE, 0).cost()).isZero();
        assertThat(Metering.Use.of(Usage.NONE, 1).cost()).isEqualTo(1);
        assertThat(Metering.Use.of(Usage.NONE, 1_000).cost()).isEqualTo(1);
        assertThat(Metering.Use.of(Usage.NONE, 1_001).cost()).isEqualTo(2);
        assertThat(Metering.Use.of(Usage.NONE, Long.MAX_VALUE).cost()).isPositive();
    }

    @Test
    void anEstimateIsCorrectedOnceInTheTimeWhenTheCallBegan() {
        take(1_000, asked("", 400, 50)).over(receipt(200, Optional.empty(), UsageSource.ESTIMATED));
        assertThat(counters.used(MONEY)).isEqualTo(100 + 2 * 50);
        clock.pass(Duration.ofMinutes(30));

        limits.corrected("request-1", new Metering.Use(70, 90));
        assertThat(counters.used(MONEY)).isEqualTo(90);
        assertThat(counters.used(TOKENS)).isEqualTo(70);

        limits.corrected("request-1", new Metering.Use(70, 90));
        limits.corrected("request-1", new Metering.Use(1, 1));
        limits.corrected("request-of-nobody", new Metering.Use(500, 500));
        assertThat(counters.used(MONEY)).isEqualTo(90);
        assertThat(counters.used(TOKENS)).isEqualTo(70);

        clock.pass(Duration.ofMinutes(91));
        assertThat(counters.used(MONEY)).as("it has left with its window").isZero();
    }

    @Test
    void aCorrectionMayBeFasterThanTheBooking() {
        Taken own = take(1_000, asked("", 400, 50));
        Taken channels = limits.take(
                        new LimitPlan(List.of(limit("channel/cheap/cost/3600s", Quantity.COST, 1_000))),
                        asked("cheap", 400, 50))
                .join();
        Receipt receipt = receipt(200, Optional.empty(), UsageSource.ESTIMATED);
        own.over(receipt);
        limits.corrected("request-1", new Metering.Use(70, 90));
        channels.over(receipt);

        assertThat(counters.used(MONEY)).isEqualTo(90);
        assertThat(counters.used("channel/cheap/cost/3600s")).isEqualTo(90);
    }

    @Test
    void correctionsThatNeverComeDoNotPileUp() {
        Corrections corrections = new Corrections();
        for (int i = 0; i < 2 * Corrections.MOST; i++) {
            assertThat(corrections.await("request-" + i, take(Long.MAX_VALUE, asked("", 4, 0))))
                    .isEmpty();
        }

        assertThat(corrections.size()).isEqualTo(Corrections.MOST);
        assertThat(corrections.known("request-0", Metering.Use.NOTHING)).isEmpty();
        assertThat(corrections.known("request-" + (2 * Corrections.MOST - 1), Metering.Use.NOTHING))
                .hasSize(1);
    }

    @Test
    void whatIsNoEstimateAwaitsNoCorrection() {
        take(1_000, asked("", 400, 50)).over(receipt(200, used(10, 20), UsageSource.PROVIDER));
        limits.corrected("request-1", new Metering.Use(1, 1));

        assertThat(counters.used(MONEY)).isEqualTo(50);
    }

    @Test
    void anAttemptThatWentOnElsewhereIsNotCorrected() {
        Taken taken = take(1_000, asked("", 400, 50));
        taken.replaced();
        taken.over(receipt(200, Optional.empty(), UsageSource.ESTIMATED));
        limits.corrected("request-1", new Metering.Use(70, 90));

        assertThat(counters.used(MONEY)).isZero();
    }
}
