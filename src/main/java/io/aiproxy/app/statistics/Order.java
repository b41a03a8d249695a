package io.aiproxy.app.statistics;

import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.StatisticsRow.Quantiles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;

/** The order of rows: {@code sort=-cost,user}. Rows that are alike stay in the order of the books. */
final class Order {
    private static final Map<String, ToLongFunction<Row>> NUMBERS = Map.ofEntries(
            Map.entry("time", row -> row.key().time()),
            Map.entry("requests", row -> row.sums().requests()),
            Map.entry("successful", row -> row.sums().successful()),
            Map.entry("failed", row -> row.sums().requests() - row.sums().successful()),
            Map.entry("success_rate", Order::successRate),
            Map.entry("attempts", row -> row.sums().attempts()),
            Map.entry("bytes_in", row -> row.sums().bytesIn()),
            Map.entry("bytes_out", row -> row.sums().bytesOut()),
            Map.entry("estimated", row -> row.sums().estimated()),
            Map.entry("unpriced", row -> row.sums().unpriced()),
            Map.entry("cost", row -> row.sums().cost()),
            Map.entry("input_tokens", row -> row.sums().usage().inputTokens()),
            Map.entry("output_tokens", row -> row.sums().usage().outputTokens()),
            Map.entry("total_tokens", Order::totalTokens),
            Map.entry("duration_p50", row -> p(row.duration(), Quantiles::p50)),
            Map.entry("duration_p95", row -> p(row.duration(), Quantiles::p95)),
            Map.entry("duration_p99", row -> p(row.duration(), Quantiles::p99)));
    private static final Set<String> PERCENTILES = Set.of("duration_p50", "duration_p95", "duration_p99");

    private Order() {}

    private static long p(Optional<Quantiles> quantiles, ToLongFunction<Quantiles> which) {
        return quantiles.isEmpty() ? -1 : which.applyAsLong(quantiles.get());
    }

    private static long totalTokens(Row row) {
        return row.sums().usage().inputTokens() + row.sums().usage().outputTokens();
    }

    private static long successRate(Row row) {
        return row.sums().requests() == 0
                ? 0
                : Math.round(1e9 * row.sums().successful() / row.sums().requests());
    }

    /**
     * The order that is asked for; without one the most requests come first.
     *
     * @param by the dimensions of the rows, which are fields too
     * @param latencies whether the rows have percentiles
     */
    static Comparator<Row> of(Asked asked, List<Dimension> by, boolean latencies) throws Declined {
        List<String> words = by.stream().map(Filters::word).toList();
        Set<String> known = new HashSet<>(NUMBERS.keySet());
        known.addAll(words);
        if (!latencies) {
            known.removeAll(PERCENTILES);
        }
        List<Comparator<Row>> orders = new ArrayList<>();
        for (String field : asked.text("sort").orElse("-requests").split(",", -1)) {
            boolean down = field.startsWith("-");
            String name = down ? field.substring(1) : field;
            if (!known.contains(name)) {
                throw Asked.malformed(
                        "sort",
                        "some of these, with commas between them and a minus before what comes largest first: "
                                + String.join(", ", known.stream().sorted().toList())
                                + (latencies ? "" : "; percentiles need latency=true"));
            }
            Comparator<Row> one = comparator(name, words);
            orders.add(down ? one.reversed() : one);
        }
        return orders.stream().reduce(Comparator::thenComparing).orElseThrow();
    }

    private static Comparator<Row> comparator(String name, List<String> words) {
        ToLongFunction<Row> number = NUMBERS.get(name);
        if (number != null) {
            return Comparator.comparingLong(number);
        }
        int at = words.indexOf(name);
        return Comparator.comparing(row -> row.key().values().get(at));
    }
}
