package io.aiproxy.channels;

import static io.aiproxy.channels.Samples.channel;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for every plan, tried with many random ones. The seed is fixed, so that a failure comes back. */
class FailoverPlanPropertiesTest {
    private static final String[] WORDS = {
        "200",
        "400",
        "404",
        "401",
        "401",
        "402",
        "403",
        "quota",
        "credit",
        "429",
        "429+0",
        "429+700",
        "429+4000",
        "429+90000",
        "429+50!",
        "500",
        "500",
        "502",
        "503+300",
        "503!",
        "529",
        "unreachable",
        "unreachable",
        "disconnected",
        "timeout",
        "tls",
        "gone"
    };
    private static final Set<String> DEAD = Set.of("401", "402", "403", "quota", "credit");
    private static final Set<String> AT_ONCE = Set.of("200", "400", "404", "gone");

    /** What one attempt meets, how long it takes, and where in its range the wait behind it lies. */
    record Step(String word, int millis, double jitter) {}

    /** A channel: how many credentials, retries and which back-off. */
    record Spec(int keys, int retries, int backoffMillis) {}

    /** One call: its channels, its bounds, and what its attempts meet, over and over again. */
    record Story(List<Spec> channels, SystemConfig.Retry limits, long start, List<Step> steps) {}

    @Provide
    Arbitrary<Story> stories() {
        Arbitrary<Spec> spec = Combinators.combine(
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.integers().between(0, 2_000))
                .as(Spec::new);
        Arbitrary<SystemConfig.Retry> limits = Combinators.combine(
                        Arbitraries.integers().between(1, 8),
                        Arbitraries.integers().between(0, 20_000),
                        Arbitraries.integers().between(0, 5_000))
                .as((attempts, time, wait) ->
                        new SystemConfig.Retry(attempts, Duration.ofMillis(time), Duration.ofMillis(wait)));
        return Combinators.combine(spec.list().ofMinSize(1).ofMaxSize(4), limits, Arbitraries.longs(), steps())
                .as(Story::new);
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(WORDS),
                        Arbitraries.integers().between(0, 3_000),
                        Arbitraries.doubles().between(0, 1))
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(12);
    }

    @Property(tries = 5_000, edgeCases = EdgeCasesMode.NONE, seed = "20261121")
    void everyPlanIsBoundedAndEndsRightly(@ForAll("stories") Story story) {
        List<Candidate> all = candidates(story);
        int[] at = {0};
        FailoverPlan plan = new FailoverPlan(
                all, story.limits, story.start, () -> story.steps.get(at[0] % story.steps.size()).jitter);
        play(story, plan, all, at);
    }

    /**
     * The same with candidates that the balancer orders, for several calls in a row, so that what one call learns moves the
     * others: the bounds hold, nobody is tried twice who need not be, and who is well comes before who is not.
     */
    @Property(tries = 1_000, edgeCases = EdgeCasesMode.NONE, seed = "20261122")
    void everyPlanOverBalancedCandidatesToo(@ForAll("stories") Story story) {
        BalanceRig rig = new BalanceRig().with(channels(story));
        int[] at = {0};
        for (int call = 0; call < 6; call++) {
            Order order = rig.order();
            List<Candidate> given = new ArrayList<>();
            Candidates watched = new Candidates() {
                @Override
                public int size() {
                    return order.size();
                }

                @Override
                public Candidate next() {
                    Candidate next = order.next();
                    assertThat(given).doesNotContain(next);
                    given.add(next);
                    return next;
                }
            };
            boolean anyWell = rig.balancer.health().report().values().stream()
                    .flatMap(List::stream)
                    .anyMatch(report -> report.waitNanos() == 0);
            FailoverPlan plan = new FailoverPlan(watched, story.limits, rig.ticker.nanos(), () -> 0.5);
            assertThat(plan.current().health().waitNanos(rig.ticker.nanos()) == 0)
                    .as("one that is well comes first: %s", story)
                    .isEqualTo(anyWell);
            Verdict verdict;
            int attempts = 0;
            do {
                Step step = story.steps.get(at[0]++ % story.steps.size());
                Outcome outcome = FailoverPlanTest.outcome(step.word);
                rig.call(plan.current(), outcome, Duration.ofMillis(step.millis));
                verdict = plan.judge(outcome, rig.ticker.nanos());
                attempts++;
                if (verdict instanceof Verdict.Retry retry) {
                    rig.ticker.pass(Duration.ofNanos(retry.delayNanos()));
                } else {
                    checkLastWord(story.toString(), outcome, verdict);
                }
            } while (verdict instanceof Verdict.Retry);
            assertThat(attempts).isLessThanOrEqualTo(Math.max(1, story.limits.maxAttempts()));
            assertThat(rig.balancer.health().inFlight("channel-0")).isZero();
        }
    }

    private static void play(Story told, FailoverPlan plan, List<Candidate> all, int[] at) {
        long now = told.start;
        Set<Candidate> dead = new HashSet<>();
        int[] tries = new int[all.size()];
        long throttledWait = 0;
        int attempts = 0;
        while (true) {
            Candidate current = plan.current();
            String story = told + " at " + attempts;
            assertThat(dead).as(story).doesNotContain(current);
            assertThat(++tries[all.indexOf(current)])
                    .as(story)
                    .isLessThanOrEqualTo(1 + current.channel().retry().maxRetries());
            Step step = told.steps.get(at[0]++ % told.steps.size());
            now += Duration.ofMillis(step.millis).toNanos();
            Outcome outcome = FailoverPlanTest.outcome(step.word);
            Verdict verdict = plan.judge(outcome, now);
            attempts++;
            if (DEAD.contains(step.word)) {
                dead.add(current);
            }
            assertThat(plan.attempts()).as(story).isEqualTo(attempts);
            if (!(verdict instanceof Verdict.Retry retry)) {
                checkLastWord(story, outcome, verdict);
                long end = now;
                assertThatIllegalStateException().isThrownBy(() -> plan.judge(outcome, end));
                return;
            }
            assertThat(AT_ONCE).as(story).doesNotContain(step.word);
            assertThat(retry.delayNanos()).as(story).isNotNegative();
            assertThat(attempts).as(story).isLessThan(told.limits.maxAttempts());
            now += retry.delayNanos();
            assertThat(now - told.start)
                    .as(story)
                    .isLessThanOrEqualTo(told.limits.maxTime().toNanos());
            if (step.word.startsWith("429")) {
                throttledWait += retry.delayNanos();
                assertThat(throttledWait)
                        .as(story)
                        .isLessThanOrEqualTo(told.limits.maxWait().toNanos());
            }
        }
    }

    private static void checkLastWord(String story, Outcome outcome, Verdict verdict) {
        if (outcome instanceof Outcome.Failed failed) {
            assertThat(verdict).as(story).isEqualTo(new Verdict.Fail(failed.failure()));
        } else if (((Outcome.Response) outcome).status() == 401) {
            assertThat(verdict).as(story).isInstanceOfSatisfying(Verdict.Fail.class, fail -> assertThat(
                            fail.failure().kind())
                    .isEqualTo(FailureKind.UPSTREAM_CREDENTIALS_EXHAUSTED));
        } else {
            assertThat(verdict).as(story).isSameAs(Verdict.RELAY);
        }
    }

    private static Samples.Channel[] channels(Story story) {
        Samples.Channel[] channels = new Samples.Channel[story.channels.size()];
        for (int i = 0; i < channels.length; i++) {
            Spec spec = story.channels.get(i);
            String[] keys = new String[spec.keys];
            for (int k = 0; k < keys.length; k++) {
                keys[k] = "key-" + k;
            }
            channels[i] = channel("channel-" + i).keys(keys).retry(spec.retries, Duration.ofMillis(spec.backoffMillis));
        }
        return channels;
    }

    private static List<Candidate> candidates(Story story) {
        return Samples.candidates(channels(story));
    }
}
