package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig.Quantity;
import io.aiproxy.core.Dialect;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * Rates as header fields. OpenAI: {@code x-ratelimit-limit-requests: 60}, {@code -remaining-requests: 59},
 * {@code -reset-requests: 1m30s} (platform.openai.com/docs/guides/rate-limits); Anthropic:
 * {@code anthropic-ratelimit-requests-limit}, {@code -remaining}, {@code -reset} as an RFC 3339 time
 * (platform.claude.com/docs/en/api/rate-limits). Others have none of their own and get OpenAI's.
 */
final class RateHeaders {
    private RateHeaders() {}

    /**
     * How a rate stands.
     *
     * @param limit how much there is
     * @param left how much of that is left
     * @param resetMillis until all of it is there again
     * @param nowMillis wall clock
     */
    record Rate(long limit, long left, long resetMillis, long nowMillis) {}

    static void add(List<Map.Entry<String, String>> fields, Dialect dialect, Quantity quantity, Rate rate) {
        String what = LimitWords.word(quantity);
        if (dialect == Dialect.ANTHROPIC) {
            String name = "anthropic-ratelimit-" + what;
            fields.add(Map.entry(name + "-limit", Long.toString(rate.limit)));
            fields.add(Map.entry(name + "-remaining", Long.toString(rate.left)));
            Instant reset = Instant.ofEpochMilli(rate.nowMillis + rate.resetMillis + 999);
            fields.add(Map.entry(
                    name + "-reset", reset.truncatedTo(ChronoUnit.SECONDS).toString()));
        } else {
            fields.add(Map.entry("x-ratelimit-limit-" + what, Long.toString(rate.limit)));
            fields.add(Map.entry("x-ratelimit-remaining-" + what, Long.toString(rate.left)));
            fields.add(Map.entry("x-ratelimit-reset-" + what, duration(rate.resetMillis)));
        }
    }

    /** As Go prints durations: {@code 120ms}, {@code 6m0s}, {@code 1h0m5s}; whole seconds from one second on, rounded up. */
    static String duration(long millis) {
        if (millis < 1000) {
            return millis == 0 ? "0s" : millis + "ms";
        }
        long seconds = (millis + 999) / 1000;
        String text = seconds % 60 + "s";
        if (seconds >= 60) {
            text = seconds / 60 % 60 + "m" + text;
        }
        return seconds >= 3600 ? seconds / 3600 + "h" + text : text;
    }
}
