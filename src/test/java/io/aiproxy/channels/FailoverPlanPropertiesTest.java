package io.aiproxy.channels;

import static io.aiproxy.channels.Samples.candidates;
import static io.aiproxy.channels.Samples.channel;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.FailureKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

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

    @Test
    void everyPlanIsBoundedAndEndsRightly() {
        Random random = new Random(20261121);
        for (int run = 0; run < 20_000; run++) {
            play(run, random);
        }
    }

    private static void play(int run, Random random) {
        List<Candidate> all = randomCandidates(random);
        SystemConfig.Retry limits = new SystemConfig.Retry(
                1 + random.nextInt(8),
                Duration.ofMillis(random.nextInt(20_000)),
                Duration.ofMillis(random.nextInt(5_000)));
        long start = random.nextLong();
        long now = start;
        FailoverPlan plan = new FailoverPlan(all, limits, start, random::nextDouble);
        Set<Candidate> dead = new HashSet<>();
        List<String> told = new ArrayList<>();
        long[] tries = new long[all.size()];
        long throttledWait = 0;
        while (true) {
            Candidate current = plan.current();
            String story = "run " + run + ", " + all + ", " + limits + ", " + told;
            assertThat(dead).as(story).doesNotContain(current);
            int index = all.indexOf(current);
            tries[index]++;
            assertThat(tries[index])
                    .as(story)
                    .isLessThanOrEqualTo(1L + current.channel().retry().maxRetries());

            String word = WORDS[random.nextInt(WORDS.length)];
            told.add(current + ": " + word);
            now += Duration.ofMillis(random.nextInt(3_000)).toNanos();
            Outcome outcome = FailoverPlanTest.outcome(word);
            Verdict verdict = plan.judge(outcome, now);
            story += ", " + told.get(told.size() - 1) + " -> " + verdict;
            if (DEAD.contains(word)) {
                dead.add(current);
            }
            if (!(verdict instanceof Verdict.Retry retry)) {
                checkLastWord(story, outcome, verdict);
                assertThat(plan.attempts()).as(story).isEqualTo(told.size());
                return;
            }
            assertThat(AT_ONCE).as(story).doesNotContain(word);
            assertThat(retry.delayNanos()).as(story).isNotNegative();
            assertThat(told.size()).as(story).isLessThan(limits.maxAttempts());
            now += retry.delayNanos();
            assertThat(now - start)
                    .as(story)
                    .isLessThanOrEqualTo(limits.maxTime().toNanos());
            if (word.startsWith("429")) {
                throttledWait += retry.delayNanos();
                assertThat(throttledWait)
                        .as(story)
                        .isLessThanOrEqualTo(limits.maxWait().toNanos());
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

    private static List<Candidate> randomCandidates(Random random) {
        Samples.Channel[] channels = new Samples.Channel[1 + random.nextInt(4)];
        for (int i = 0; i < channels.length; i++) {
            String[] keys = new String[1 + random.nextInt(3)];
            for (int k = 0; k < keys.length; k++) {
                keys[k] = "key-" + k;
            }
            channels[i] = channel("channel-" + i)
                    .keys(keys)
                    .retry(random.nextInt(4), Duration.ofMillis(random.nextInt(2_000)));
        }
        return candidates(channels);
    }
}
