package io.aiproxy.limits;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.config.LimitConfig.Quantity;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Wildcard;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final LimitConfig.Window MINUTE = new LimitConfig.Sliding(Duration.ofMinutes(1));
    private static final Asked CHAT = new Asked("", "gpt-4o", "chat", 400, true, 50, false, false);

    private final LimitKit.Clock clock = new LimitKit.Clock("2026-03-01T00:00:00Z");
    private final LocalCounters counters = LocalCounters.inMemory(clock, 1_000);
    private final List<String> heard = new ArrayList<>();
    private final Limits limits = new Limits(counters, new TokenEstimate(), new Heard(), clock);

    private final class Heard implements LimitWatch {
        @Override
        public void rejected(Met met) {
            heard.add("rejected " + met.limit().counter().name());
        }

        @Override
        public void exhausted(Met met) {
            heard.add("exhausted " + met.limit().counter().name());
        }

        @Override
        public void nearing(Met met) {
            heard.add("nearing " + met.limit().counter().name() + " " + met.used());
        }
    }

    private static Limit limit(LimitConfig config, String... models) {
        List<Wildcard> patterns = List.of(models).stream().map(Wildcard::of).toList();
        String name = config.quantity() + "/" + String.join(",", models);
        return new Limit(new Counter(name, config), Scope.USER, "zhangsan", patterns, "CNY");
    }

    private static LimitConfig config(Quantity quantity, long amount, LimitConfig.Window window) {
        return new LimitConfig(
                quantity,
                amount,
                Optional.empty(),
                quantity.overTime() ? Optional.of(window) : Optional.empty(),
                List.of(),
                false,
                LimitConfig.Outage.LOCAL);
    }

    private Taken take(Asked asked, Limit... of) {
        return limits.take(new LimitPlan(List.of(of)), asked).join();
    }

    private Failure refused(Asked asked, Limit... of) {
        return take(asked, of).refusal().orElseThrow();
    }

    @Test
    void aRefusalSaysWhoseLimitWhatWhenAndWhomToAsk() {
        Limit limit = limit(config(Quantity.REQUESTS, 1, MINUTE));
        take(CHAT, limit);
        Failure failure = refused(CHAT, limit);
        assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMIT_EXCEEDED);
        assertThat(failure.message())
                .isEqualTo("The limit of 1 request per minute of the user \"zhangsan\" is used up. Try again in 2 min."
                        + " The operator of the gateway can raise it.");
        assertThat(failure.retryAfter()).contains(Duration.ofMinutes(2));
    }

    @Test
    void budgetsAndStretchesOfTheCalendarAreQuotas() {
        Limit cost = limit(config(Quantity.COST, 0, MINUTE));
        assertThat(refused(CHAT, cost).kind()).isEqualTo(FailureKind.QUOTA_EXCEEDED);
        assertThat(refused(CHAT, cost).retryAfter()).isEmpty();
        Limit day = limit(
                config(Quantity.REQUESTS, 1, new LimitConfig.Calendar(LimitConfig.Calendar.Unit.DAY, ZoneOffset.UTC)));
        take(CHAT, day);
        assertThat(refused(CHAT, day).kind()).isEqualTo(FailureKind.QUOTA_EXCEEDED);
        assertThat(refused(CHAT, day).retryAfter()).contains(Duration.ofDays(1));
    }

    @Test
    void tokensAreTakenByEstimateAndGivenBack() {
        Limit limit = limit(config(Quantity.TOKENS, 200, MINUTE));
        Taken taken = take(CHAT, limit);
        assertThat(counters.used("TOKENS/")).as("400 bytes and max_tokens").isEqualTo(150);
        Failure failure = refused(CHAT, limit);
        assertThat(failure.kind()).isEqualTo(FailureKind.RATE_LIMIT_EXCEEDED);
        taken.replaced();
        taken.replaced();
        assertThat(counters.used("TOKENS/")).isZero();
        Asked large = new Asked("", "gpt-4o", "chat", 4_000, true, 0, false, false);
        assertThat(refused(large, limit).message())
                .startsWith("This request may use 1000 tokens, which is more than the limit of 200 tokens per minute");
        assertThat(refused(large, limit).retryAfter()).isEmpty();
    }

    @Test
    void whoHidesTheModelComesUnderEveryModelsLimit() {
        Limit limit = limit(config(Quantity.REQUESTS, 1, MINUTE), "gpt-*");
        take(new Asked("", "qwen-max", "chat", 10, true, 0, false, false), limit);
        take(new Asked("", "", "models", 0, false, 0, false, false), limit);
        assertThat(counters.used("REQUESTS/gpt-*")).isZero();
        take(new Asked("", "", "chat", 10, true, 0, false, false), limit);
        assertThat(counters.used("REQUESTS/gpt-*")).isEqualTo(1);
        refused(CHAT, limit);
    }

    @Test
    void aRefusalIsToldOnceInAWindowAndCountedAlways() {
        Limit limit = limit(config(Quantity.REQUESTS, 0, MINUTE));
        refused(CHAT, limit);
        refused(CHAT, limit);
        assertThat(heard).containsExactly("rejected REQUESTS/", "exhausted REQUESTS/", "rejected REQUESTS/");
        clock.pass(Duration.ofMinutes(1));
        refused(CHAT, limit);
        assertThat(heard).hasSize(5).endsWith("exhausted REQUESTS/");
    }

    @Test
    void aWarningIsToldOnceInAWindow() {
        LimitConfig soft = new LimitConfig(
                Quantity.REQUESTS, 5, Optional.of(2L), Optional.of(MINUTE), List.of(), false, LimitConfig.Outage.LOCAL);
        for (int i = 0; i < 4; i++) {
            take(CHAT, limit(soft));
        }
        assertThat(heard).containsExactly("nearing REQUESTS/ 2");
    }

    @Test
    void headersTellTheTightestOfEachKindInTheDialectsWords() {
        Limit wide = limit(config(Quantity.REQUESTS, 100, MINUTE));
        Limit tight = limit(config(Quantity.REQUESTS, 7, MINUTE), "gpt-*");
        Limit tokens = limit(config(Quantity.TOKENS, 1_000, MINUTE));
        Taken taken = take(CHAT, wide, tight, tokens, limit(config(Quantity.CONCURRENT, 5, MINUTE)));
        assertThat(taken.headers(Dialect.OPENAI))
                .containsExactly(
                        Map.entry("x-ratelimit-limit-requests", "7"),
                        Map.entry("x-ratelimit-remaining-requests", "6"),
                        Map.entry("x-ratelimit-reset-requests", "2m0s"),
                        Map.entry("x-ratelimit-limit-tokens", "1000"),
                        Map.entry("x-ratelimit-remaining-tokens", "850"),
                        Map.entry("x-ratelimit-reset-tokens", "2m0s"));
        assertThat(taken.headers(Dialect.ANTHROPIC))
                .contains(
                        Map.entry("anthropic-ratelimit-requests-limit", "7"),
                        Map.entry("anthropic-ratelimit-tokens-remaining", "850"),
                        Map.entry("anthropic-ratelimit-tokens-reset", "2026-03-01T00:02:00Z"));
    }

    @Test
    void countsThatCannotBeReachedAreARefusal() {
        Counters gone = new Counters() {
            @Override
            public CompletionStage<Verdict> take(List<Claim> claims, long nowMillis) {
                return CompletableFuture.failedFuture(new IllegalStateException("no connection"));
            }

            @Override
            public void correct(List<Claim> claims, long takenMillis) {
                throw new AssertionError("nothing was taken");
            }

            @Override
            public void close() {
                // nothing is open
            }
        };
        Taken taken = new Limits(gone, new TokenEstimate(), new Heard(), clock)
                .take(new LimitPlan(List.of(limit(config(Quantity.REQUESTS, 5, MINUTE)))), CHAT)
                .join();
        assertThat(taken.refusal().orElseThrow().kind()).isEqualTo(FailureKind.LIMITS_UNAVAILABLE);
        taken.undo();
        assertThat(taken.headers(Dialect.OPENAI)).isEmpty();
    }
}
