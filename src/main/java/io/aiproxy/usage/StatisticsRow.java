package io.aiproxy.usage;

import io.aiproxy.core.Usage;
import java.util.List;
import java.util.Optional;

/**
 * A row of statistics.
 *
 * @param time when its piece of time begins, milliseconds since 1970; with {@link Granularity#TOTAL} the beginning of all
 * @param values of the dimensions asked for, in their order
 * @param sums what happened
 * @param duration of calls that were no WebSockets; empty when not asked for or when there are none
 * @param firstByte of those that got an answer; likewise
 */
public record StatisticsRow(
        long time, List<String> values, Sums sums, Optional<Quantiles> duration, Optional<Quantiles> firstByte) {
    /**
     * Sums.
     *
     * @param requests calls
     * @param successful those below status 400 that ended regularly, and WebSockets that were opened
     * @param attempts tries at channels
     * @param bytesIn bytes from callers
     * @param bytesOut bytes to callers
     * @param durationMicros of all calls together
     * @param usage all usage together
     * @param estimated calls of which usage was estimated, at least in part
     * @param unpriced calls that used something for which there is no price
     * @param cost in billionths of the currency; where rows mix currencies ask for {@link Dimension#CURRENCY}
     */
    public record Sums(
            long requests,
            long successful,
            long attempts,
            long bytesIn,
            long bytesOut,
            long durationMicros,
            Usage usage,
            long estimated,
            long unpriced,
            long cost) {
        /** Both together. */
        public Sums plus(Sums other) {
            return new Sums(
                    requests + other.requests,
                    successful + other.successful,
                    attempts + other.attempts,
                    bytesIn + other.bytesIn,
                    bytesOut + other.bytesOut,
                    durationMicros + other.durationMicros,
                    usage.plus(other.usage),
                    estimated + other.estimated,
                    unpriced + other.unpriced,
                    cost + other.cost);
        }
    }

    /**
     * Percentiles of a distribution, in microseconds, with two significant digits.
     *
     * @param count how many values
     * @param p50 the median
     * @param p90 90 % are not above
     * @param p95 95 % are not above
     * @param p99 99 % are not above
     * @param max the largest
     */
    public record Quantiles(long count, long p50, long p90, long p95, long p99, long max) {}
}
