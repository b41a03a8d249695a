package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.YamlTrees.Verdict;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.lifecycle.AfterContainer;

/** {@link QuickYaml} reads what it should know, and never anything but what the library reads. */
class QuickYamlPropertiesTest {
    private static final long SEEDS = 1L << 40;
    private static final MutatedYaml MUTATED = new MutatedYaml();
    private static final Map<Verdict, Integer> COUNTS = new HashMap<>();

    /** Both must have been tried enough, or the properties say little. */
    @AfterContainer
    static void both_verdicts_were_met() {
        assertThat(COUNTS.get(Verdict.SAME)).isGreaterThan(5_000);
        assertThat(COUNTS.get(Verdict.LEFT)).isGreaterThan(5_000);
    }

    @Property(seed = "7", tries = 6_000, shrinking = ShrinkingMode.OFF)
    void plain_documents_are_read_as_the_library_reads_them(@ForAll @LongRange(max = SEEDS) long seed) {
        String text = PlainYaml.document(seed);
        assertThat(YamlTrees.judged(text)).as(text).isEqualTo(Verdict.SAME);
    }

    @Property(seed = "7", tries = 25_000, shrinking = ShrinkingMode.OFF)
    void whatever_is_answered_is_what_the_library_answers(@ForAll @LongRange(max = SEEDS) long seed) {
        COUNTS.merge(YamlTrees.judged(MUTATED.text(seed)), 1, Integer::sum);
    }

    @Example
    void documents_of_the_project_are_read_as_the_library_reads_them() {
        int left = 0;
        for (String text : MUTATED.corpus()) {
            left += YamlTrees.judged(text) == Verdict.LEFT ? 1 : 0;
        }
        assertThat(left)
                .as("few have anchors or texts of several lines")
                .isLessThan(MUTATED.corpus().size() / 5);
    }
}
