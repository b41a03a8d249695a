package io.aiproxy.usage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.HdrHistogram.Histogram;

class DistributionPropertiesTest {
    @Property(tries = 300)
    void percentiles_are_those_of_a_histogram_however_it_was_put_together(
            @ForAll @Size(min = 1, max = 300) List<@LongRange(max = 1L << 45) Long> values, @ForAll int cut) {
        Histogram histogram = new Histogram(2);
        values.forEach(histogram::recordValue);
        int at = Math.floorMod(cut, values.size() + 1);
        Distribution one = of(values.subList(0, at));
        Distribution two = of(values.subList(at, values.size()));
        Distribution kept = new Distribution();
        kept.add(one.bytes());
        kept.add(two.bytes());
        one.add(two);

        assertThat(kept.quantiles()).isEqualTo(one.quantiles()).hasValueSatisfying(found -> {
            assertThat(found.count()).isEqualTo(values.size());
            assertThat(found.p50()).isEqualTo(histogram.getValueAtPercentile(50));
            assertThat(found.p90()).isEqualTo(histogram.getValueAtPercentile(90));
            assertThat(found.p95()).isEqualTo(histogram.getValueAtPercentile(95));
            assertThat(found.p99()).isEqualTo(histogram.getValueAtPercentile(99));
            assertThat(found.max()).isEqualTo(histogram.getMaxValue());
        });
        assertThat(kept.bytes()).isEqualTo(one.bytes());
    }

    private static Distribution of(List<Long> values) {
        Distribution distribution = new Distribution();
        values.forEach(distribution::add);
        return distribution;
    }

    @Property
    void what_is_cut_off_does_no_harm(@ForAll byte[] bytes) {
        byte[] some = bytes.clone();
        for (int i = 0; i < some.length; i++) {
            some[i] &= 0x3f; // classes that there are
        }
        Distribution distribution = new Distribution();
        distribution.add(some);

        assertThat(distribution.quantiles().isPresent()).isEqualTo(some.length > 0);
    }
}
