package io.aiproxy.channels;

import static io.aiproxy.channels.Samples.candidates;
import static io.aiproxy.channels.Samples.channel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FailoverPlanTest {
    private static final SystemConfig.Retry LIMITS =
            new SystemConfig.Retry(10, Duration.ofSeconds(60), Duration.ofSeconds(5));
    private static final Duration BACKOFF = Duration.ofMillis(200);
    /** Not zero, and near the end: the monotonic clock begins anywhere and may run over. */
    private static final long START = Long.MAX_VALUE - 1_000_000_000;

    private long now = START;

    /**
     * Scripts: each word is what an attempt meets. A number is a status; {@code 429+1500} asks for a wait in ms;
     * {@code 503!} forbids another try; {@code quota} and {@code credit} are the dead credentials that only a body shows;
     * other words are failures. Each word is followed by where the next attempt goes and the wait in ms before it, or by
     * the last word.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // one candidate
                "a | 200 | relay",
                "a | 101 | relay",
                "a | 302 | relay",
                "a b | 400 | relay", // the caller's fault: at once
                "a b | 404 | relay",
                "a | 408 | relay",
                "a | 409 | relay",
                "a | 422 | relay",
                "a | 401 | exhausted",
                "a | 402 | relay",
                "a | 403 | relay",
                "a | quota | relay",
                "a | credit | relay",
                "a | 429 | relay", // nobody knows when
                "a | 429+1500 200 | a@1500 relay",
                "a | 429+0 200 | a@0 relay",
                "a | 429+1500 429+1500 | a@1500 relay", // as often as max_retries says
                "a | 429+6000 | relay", // longer than max_wait
                "a | 429+1500! | relay",
                "a | 500 200 | a@200 relay",
                "a | 500 500 | a@200 relay",
                "a | 500 401 | a@200 exhausted",
                "a | 503 503 | a@200 relay",
                "a | 503+1000 200 | a@1000 relay",
                "a | 503+100 200 | a@200 relay",
                "a | 503+6000 | relay",
                "a | 503! | relay",
                "a | unreachable disconnected | a@200 disconnected",
                "a | unreachable 500 | a@200 relay",
                "a | timeout | timeout",
                "a | tls | tls",
                "a | gone | gone",
                // several channels
                "a b c | 401 402 403 | b@0 c@0 relay",
                "a b c | 402 403 401 | b@0 c@0 exhausted",
                "a b c | quota credit 200 | b@0 c@0 relay",
                "a b | 429 200 | b@0 relay",
                "a b | 429+100 401 200 | b@0 a@100 relay",
                "a b | 429+3000 429+100 200 | b@0 b@100 relay", // the one that is ready first
                "a b | 429+100 429+3000 200 | b@0 a@100 relay",
                "a b | 429+3000 429+2500 429+4000 200 | b@0 b@2500 a@500 relay", // both waits together fit
                "a b | 429+5200 429+4900 401 | b@0 b@4900 exhausted", // the second does not: 0.1 s are left
                "a b | 429+9000 429+8000 | b@0 relay",
                "a b | 429 429+100 200 | b@0 b@100 relay",
                "a b | 429! 200 | b@0 relay",
                "a b | 500 500 200 | a@200 b@0 relay",
                "a b | 500 500 500 500 | a@200 b@0 b@200 relay",
                "a b | 529 504 502 501 | a@200 b@0 b@200 relay",
                "a b | 503! 200 | b@0 relay",
                "a b | 503+6000 200 | b@0 relay",
                "a b | unreachable unreachable 200 | a@200 b@0 relay",
                "a b | unreachable unreachable unreachable unreachable | a@200 b@0 b@200 unreachable",
                "a b | timeout 200 | b@0 relay",
                "a b | tls timeout | b@0 timeout",
                "a b | timeout 401 | b@0 exhausted",
                "a b | 401 timeout | b@0 timeout",
                "a b | 401 gone | b@0 gone",
                "a b | 429+100 500 500 200 | b@0 b@200 a@0 relay", // its wait was over by then
                // several credentials: other credentials for dead ones, other channels for failing ones
                "a:1,2 b | 401 200 | a:2@0 relay",
                "a:1,2 b | 429 200 | a:2@0 relay",
                "a:1,2 b | 500 500 200 | a:1@200 b@0 relay",
                "a:1,2 b | timeout 401 200 | b@0 a:2@0 relay",
                "a:1,2 | tls 200 | a:2@0 relay",
                "a:1,2,3 b | 401 timeout 401 200 | a:2@0 b@0 a:3@0 relay",
            })
    void script(String candidates, String outcomes, String expected) {
        assertThat(play(plan(candidates, LIMITS), outcomes)).isEqualTo(expected);
    }

    @Test
    void aFullChannelIsLeftWithAllItsCredentialsAndCostsNoAttempt() {
        SystemConfig.Retry one = new SystemConfig.Retry(1, Duration.ofSeconds(60), Duration.ofSeconds(5));
        List<Candidate> three = candidates(channel("a").keys("1", "2", "3"), channel("b"), channel("c"));
        String full = "channel_limit_exceeded";
        assertThat(play(new FailoverPlan(three, one, START), full + " " + full + " 200"))
                .isEqualTo("b@0 c@0 relay");
        assertThat(play(new FailoverPlan(three, LIMITS, START), full + " " + full + " " + full))
                .isEqualTo("b@0 c@0 " + full);
    }

    @Test
    void waitsGrowAndAreSpread() {
        List<Candidate> one = candidates(channel("a").retry(4, BACKOFF));
        assertThat(play(new FailoverPlan(one, LIMITS, START, () -> 1), "500 500 500 500 500"))
                .isEqualTo("a@200 a@400 a@800 a@1600 relay");
        assertThat(play(new FailoverPlan(one, LIMITS, now, () -> 0), "500 500 500 500 500"))
                .isEqualTo("a@100 a@200 a@400 a@800 relay");
    }

    @Test
    void aLongBackoffHasABound() {
        List<Candidate> one = candidates(channel("a").retry(90, Duration.ofDays(100_000)));
        FailoverPlan plan = new FailoverPlan(
                one, new SystemConfig.Retry(90, Duration.ofSeconds(Long.MAX_VALUE), Duration.ZERO), START, () -> 1);
        assertThat(play(plan, "500 500")).isEqualTo("a@30000 a@30000");
    }

    @Test
    void theDefaultSpreadStaysInItsBounds() {
        FailoverPlan plan = new FailoverPlan(candidates(channel("a")), LIMITS, START);
        Verdict.Retry retry = (Verdict.Retry) plan.judge(outcome("500"), START);
        assertThat(retry.delayNanos()).isBetween(BACKOFF.toNanos() / 2, BACKOFF.toNanos());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | a b | 500 | relay",
                "1 | a b | 401 | exhausted", // a 401 is never the caller's, whatever ended the search
                "0 | a b | unreachable | unreachable", // the first attempt is always made
                "2 | a b c | 401 401 | b@0 exhausted",
                "2 | a b | 500 500 | a@200 relay",
                "3 | a b | 500 500 500 | a@200 b@0 relay",
            })
    void attemptsAreBounded(int maxAttempts, String candidates, String outcomes, String expected) {
        SystemConfig.Retry limits = new SystemConfig.Retry(maxAttempts, LIMITS.maxTime(), LIMITS.maxWait());
        assertThat(play(plan(candidates, limits), outcomes)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "500, 0, a@200",
        "500, 59799, a@200",
        "500, 59800, a@200", // begins at the very end
        "500, 59801, b@0", // the wait would lead beyond it, the next candidate does not
        "500, 60000, b@0",
        "500, 60001, relay",
        "401, 60001, exhausted",
        "timeout, 60001, timeout",
        "429+1000, 60001, relay",
    })
    void timeIsBounded(String outcome, long elapsedMillis, String expected) {
        now = START + TimeUnit.MILLISECONDS.toNanos(elapsedMillis);
        assertThat(play(plan("a b", LIMITS), outcome)).isEqualTo(expected);
    }

    @Test
    void aWaitForAThrottledOneIsNotBegunWhenItLeadsBeyondTheEnd() {
        now = START + Duration.ofSeconds(58).toNanos();
        assertThat(play(plan("a", LIMITS), "429+2001")).isEqualTo("relay");
        assertThat(play(plan("a", LIMITS), "429+2000")).isEqualTo("a@2000");
    }

    @Test
    void exhaustedCredentialsNameTheChannelAndWhenAnotherIsReady() {
        FailoverPlan plan = plan("a b", LIMITS);
        plan.judge(outcome("429+30000"), now);
        Verdict.Fail fail = (Verdict.Fail) plan.judge(outcome("401"), now);
        assertThat(fail.failure().message()).contains("\"b\"").doesNotContain("secret");
        assertThat(fail.failure().retryAfter()).contains(Duration.ofSeconds(30));

        Verdict.Fail alone = (Verdict.Fail) plan("a", LIMITS).judge(outcome("401"), now);
        assertThat(alone.failure().retryAfter()).isEmpty();
    }

    @Test
    void aRefusalOfTheCallersOwnKeyIsTheCallersToRead() {
        FailoverPlan plan = plan("a", LIMITS);
        plan.withCallersOwnKey();
        assertThat(play(plan, "500 401")).isEqualTo("a@200 relay");
    }

    @ParameterizedTest
    @EnumSource(FailureKind.class)
    void aFailureIsReturnedAsItIs(FailureKind kind) {
        Failure failure = Failure.of(kind, "as it was");
        FailoverPlan plan = new FailoverPlan(candidates(channel("a").retry(0, BACKOFF)), LIMITS, START);
        assertThat(plan.judge(Outcome.failed(failure), now)).isEqualTo(new Verdict.Fail(failure));
    }

    @Test
    void theLastWordIsTheLast() {
        FailoverPlan plan = plan("a b", LIMITS);
        assertThat(plan.judge(outcome("200"), now)).isSameAs(Verdict.RELAY);
        assertThat(plan.attempts()).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> plan.judge(outcome("200"), now));
        assertThatIllegalArgumentException().isThrownBy(() -> new FailoverPlan(List.of(), LIMITS, START));
    }

    @ParameterizedTest
    @CsvSource({
        "429, OPENAI, true",
        "429, GOOGLE, true",
        "400, ANTHROPIC, true",
        "400, OPENAI, false",
        "401, ANTHROPIC, false",
        "500, OPENAI, false",
        "200, ANTHROPIC, false",
    })
    void asksForABodyOnlyWhereItDecides(int status, Dialect dialect, boolean expected) {
        assertThat(FailoverPlan.wantsBodyPrefix(status, dialect)).isEqualTo(expected);
    }

    @Test
    void anAttemptMadeOnceMoreCountsAndSaysNothingAgainstTheCandidate() {
        FailoverPlan plan = plan("a b", new SystemConfig.Retry(3, LIMITS.maxTime(), LIMITS.maxWait()));
        assertThat(plan.onceMore(now)).isTrue();
        assertThat(plan.current().channel().id()).isEqualTo("a");
        assertThat(plan.attempts()).isEqualTo(1);
        assertThat(play(plan, "401")).isEqualTo("b@0");
        assertThat(plan.onceMore(now)).as("no attempt is left").isFalse();
        assertThat(play(plan, "401")).isEqualTo("exhausted");
        assertThat(plan.onceMore(now)).as("the last word is spoken").isFalse();
        FailoverPlan late = plan("a b", LIMITS);
        assertThat(late.onceMore(now + LIMITS.maxTime().toNanos() + 1)).isFalse();
        assertThat(late.attempts()).isZero();
    }

    /** Plays the script, letting every wait pass, and says what was done after each outcome. */
    private String play(FailoverPlan plan, String outcomes) {
        List<String> told = new ArrayList<>();
        for (String word : outcomes.split(" ")) {
            Verdict verdict = plan.judge(outcome(word), now);
            if (verdict instanceof Verdict.Retry retry) {
                now += retry.delayNanos();
                Candidate next = plan.current();
                String credential = next.credential().name();
                told.add(next.channel().id() + (credential.equals("default") ? "" : ":" + credential) + "@"
                        + TimeUnit.NANOSECONDS.toMillis(retry.delayNanos()));
            } else if (verdict instanceof Verdict.Fail fail) {
                told.add(name(fail.failure().kind()));
            } else {
                told.add("relay");
            }
        }
        return String.join(" ", told);
    }

    private static String name(FailureKind kind) {
        return switch (kind) {
            case UPSTREAM_CREDENTIALS_EXHAUSTED -> "exhausted";
            case CLIENT_CLOSED_REQUEST -> "gone";
            case UPSTREAM_TLS_ERROR -> "tls";
            default -> kind.code().replace("upstream_", "");
        };
    }

    static Outcome outcome(String word) {
        return switch (word) {
            case "unreachable" -> failed(FailureKind.UPSTREAM_UNREACHABLE);
            case "disconnected" -> failed(FailureKind.UPSTREAM_DISCONNECTED);
            case "timeout" -> failed(FailureKind.UPSTREAM_TIMEOUT);
            case "tls" -> failed(FailureKind.UPSTREAM_TLS_ERROR);
            case "channel_limit_exceeded" -> failed(FailureKind.CHANNEL_LIMIT_EXCEEDED);
            case "gone" -> failed(FailureKind.CLIENT_CLOSED_REQUEST);
            case "quota" ->
                new Outcome.Response(
                        429,
                        1_000_000,
                        true,
                        "{\"error\":{\"code\":\"insufficient_quota\",\"message\":\"You exceeded\"}}");
            case "credit" ->
                new Outcome.Response(
                        400,
                        -1,
                        true,
                        "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"Your credit balance"
                                + " is too low to access the Anthropic API.\"}}");
            default -> {
                String[] parts = word.replace("!", "").split("\\+");
                long asked = parts.length == 1 ? -1 : TimeUnit.MILLISECONDS.toNanos(Long.parseLong(parts[1]));
                yield new Outcome.Response(Integer.parseInt(parts[0]), asked, !word.endsWith("!"), "");
            }
        };
    }

    private static Outcome failed(FailureKind kind) {
        return Outcome.failed(Failure.of(kind, "as scripted"));
    }

    private FailoverPlan plan(String words, SystemConfig.Retry limits) {
        List<Samples.Channel> channels = new ArrayList<>();
        for (String word : words.split(" ")) {
            String[] parts = word.split(":");
            Samples.Channel channel = channel(parts[0]).retry(1, BACKOFF);
            channels.add(parts.length == 1 ? channel : channel.keys(parts[1].split(",")));
        }
        return new FailoverPlan(candidates(channels.toArray(Samples.Channel[]::new)), limits, START, () -> 1);
    }
}
