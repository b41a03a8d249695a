package io.aiproxy.app.statistics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageField;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsRow.Quantiles;
import io.aiproxy.usage.StatisticsRow.Sums;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows as JSON. The names of the fields are promised: docs/reference/statistics.md. */
final class View {
    private static final double MICROS_IN_MILLI = 1000.0;

    private final Span span;
    private final List<Dimension> by;
    private final Names names;
    private final boolean latencies;

    /** @param names of what is configured, beside its ids */
    View(Sheet sheet, Names names) {
        this.span = sheet.span();
        this.by = sheet.by();
        this.names = names;
        this.latencies = sheet.latencies();
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    ArrayNode rows(List<Row> rows) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        rows.forEach(row -> all.add(row(row)));
        return all;
    }

    /** A row: when, of what, how much. */
    ObjectNode row(Row row) {
        ObjectNode view = object();
        if (span.granularity() != Granularity.TOTAL) {
            view.put("time", span.told(row.key().time()));
        }
        for (int i = 0; i < by.size(); i++) {
            names.tell(view, by.get(i), row.key().values().get(i));
        }
        numbers(view, row.sums());
        money(view, row.costs());
        if (latencies) {
            view.set("duration_ms", row.duration().map(View::quantiles).orElse(null));
            view.set("first_byte_ms", row.firstByte().map(View::quantiles).orElse(null));
        }
        return view;
    }

    private static void numbers(ObjectNode view, Sums sums) {
        view.put("requests", sums.requests())
                .put("successful", sums.successful())
                .put("failed", sums.requests() - sums.successful())
                .put("success_rate", rate(sums))
                .put("attempts", sums.attempts())
                .put("bytes_in", sums.bytesIn())
                .put("bytes_out", sums.bytesOut())
                .put("duration_ms_sum", sums.durationMicros() / MICROS_IN_MILLI);
        usage(view, sums.usage());
        view.put("estimated", sums.estimated()).put("unpriced", sums.unpriced());
    }

    /** Between 0 and 1 with four decimals; nothing of nothing is no rate. */
    private static @Nullable BigDecimal rate(Sums sums) {
        return sums.requests() == 0
                ? null
                : BigDecimal.valueOf(sums.successful())
                        .divide(BigDecimal.valueOf(sums.requests()), 4, RoundingMode.HALF_UP);
    }

    /** With the names that single records have. */
    private static void usage(ObjectNode view, Usage usage) {
        ObjectNode numbers = view.putObject("usage").put("total_tokens", usage.inputTokens() + usage.outputTokens());
        for (UsageField number : UsageField.values()) {
            numbers.put(number.word(), number.of(usage));
        }
    }

    /** One currency stands for itself; several never make a sum. */
    private static void money(ObjectNode view, Map<String, Long> costs) {
        Set<String> currencies = costs.keySet();
        boolean mixed = currencies.size() > 1;
        view.put(
                "cost",
                mixed
                        ? null
                        : Money.text(costs.values().stream()
                                .mapToLong(Long::longValue)
                                .sum()));
        view.put("currency", currencies.size() == 1 ? currencies.iterator().next() : null);
        ArrayNode all = view.putArray("costs");
        costs.forEach(
                (currency, cost) -> all.addObject().put("currency", currency).put("cost", Money.text(cost)));
    }

    private static ObjectNode quantiles(Quantiles quantiles) {
        return object().put("count", quantiles.count())
                .put("p50", quantiles.p50() / MICROS_IN_MILLI)
                .put("p90", quantiles.p90() / MICROS_IN_MILLI)
                .put("p95", quantiles.p95() / MICROS_IN_MILLI)
                .put("p99", quantiles.p99() / MICROS_IN_MILLI)
                .put("max", quantiles.max() / MICROS_IN_MILLI);
    }
}
