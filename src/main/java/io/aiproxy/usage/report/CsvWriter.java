package io.aiproxy.usage.report;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageField;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow.Quantiles;
import io.aiproxy.usage.StatisticsRow.Sums;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVPrinter;

/**
 * Rows of statistics as RFC 4180 has them, UTF-8. Where no currency is asked for, each that occurs has a column of its own,
 * {@code cost_CNY}, so that a row stays one row and nothing is added up that must not be. Behind a column of ids comes one
 * of names: {@code user}, {@code user_name}.
 */
final class CsvWriter implements ReportWriter {
    /** What spreadsheets take for the beginning of a formula, also in the wide forms of East Asian keyboards. */
    private static final String FORMULA = "=+-@\t\r\n＝＋－＠";

    @Override
    public String mediaType() {
        return "text/csv; charset=utf-8";
    }

    @Override
    public String fileName(ReportQuery query) {
        return "aiproxy-usage-" + Times.file(query.statistics()) + ".csv";
    }

    @Override
    public void write(ReportQuery query, Books books, OutputStream out) throws IOException, BooksException {
        StatisticsQuery asked = query.statistics();
        List<Entry> entries = new Ledger(books, asked).asked();
        List<String> currencies = asked.by().contains(Dimension.CURRENCY)
                ? List.of()
                : Ledger.currencies(entries).stream().sorted().toList();
        Writer text = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        if (query.byteOrderMark()) {
            text.write('\uFEFF');
        }
        CSVPrinter csv = new CSVPrinter(text, CSVFormat.RFC4180);
        csv.printRecord(header(asked, currencies));
        for (Entry entry : entries) {
            csv.printRecord(row(entry, query, currencies));
        }
        csv.flush();
    }

    private static List<String> header(StatisticsQuery asked, List<String> currencies) {
        List<String> names = new ArrayList<>();
        if (asked.granularity() != Granularity.TOTAL) {
            names.add("time");
        }
        for (Dimension dimension : asked.by()) {
            String word = dimension.name().toLowerCase(Locale.ROOT);
            names.add(word);
            if (ReportNames.has(dimension)) {
                names.add(word + "_name");
            }
        }
        names.addAll(List.of("requests", "successful", "attempts", "estimated", "unpriced"));
        for (UsageField field : UsageField.values()) {
            names.add(field.word());
        }
        names.addAll(List.of("bytes_in", "bytes_out", "duration_ms"));
        if (asked.latencies()) {
            for (String what : List.of("duration", "first_byte")) {
                for (String which : List.of("p50", "p90", "p95", "p99", "max")) {
                    names.add(what + "_" + which + "_ms");
                }
            }
        }
        if (asked.by().contains(Dimension.CURRENCY)) {
            names.add("cost");
        }
        currencies.forEach(currency -> names.add("cost_" + safe(currency)));
        return names;
    }

    private static List<Object> row(Entry entry, ReportQuery query, List<String> currencies) {
        StatisticsQuery asked = query.statistics();
        List<Object> cells = new ArrayList<>();
        if (asked.granularity() != Granularity.TOTAL) {
            cells.add(Times.exact(entry.time(), asked.zone(), asked.granularity()));
        }
        values(entry, query, cells);
        Sums sums = entry.sums();
        cells.addAll(List.of(sums.requests(), sums.successful(), sums.attempts(), sums.estimated(), sums.unpriced()));
        cells.addAll(usage(sums.usage()));
        cells.addAll(List.of(sums.bytesIn(), sums.bytesOut(), millis(sums.durationMicros())));
        if (asked.latencies()) {
            quantiles(entry.duration(), cells);
            quantiles(entry.firstByte(), cells);
        }
        if (asked.by().contains(Dimension.CURRENCY)) {
            cells.add(Money.exact(sums.cost()).toPlainString());
        }
        currencies.forEach(
                currency -> cells.add(Money.exact(entry.cost(currency)).toPlainString()));
        return cells;
    }

    /** Ids, and behind each the name that the API of statistics tells beside it. */
    private static void values(Entry entry, ReportQuery query, List<Object> cells) {
        List<Dimension> by = query.statistics().by();
        for (int i = 0; i < by.size(); i++) {
            String value = entry.values().get(i);
            cells.add(safe(value));
            if (ReportNames.has(by.get(i))) {
                cells.add(safe(query.names().name(by.get(i), value)));
            }
        }
    }

    private static List<Long> usage(Usage usage) {
        return Arrays.stream(UsageField.values()).map(field -> field.of(usage)).toList();
    }

    /** Empty cells where there is nothing to take percentiles of. */
    private static void quantiles(Optional<Quantiles> of, List<Object> cells) {
        if (of.isEmpty()) {
            cells.addAll(List.of("", "", "", "", ""));
            return;
        }
        Quantiles found = of.get();
        for (long micros : new long[] {found.p50(), found.p90(), found.p95(), found.p99(), found.max()}) {
            cells.add(millis(micros));
        }
    }

    private static String millis(long micros) {
        return BigDecimal.valueOf(micros, 3).toPlainString();
    }

    /** A text that no spreadsheet takes for a formula: what looks like one begins with an apostrophe. */
    static String safe(String text) {
        return !text.isEmpty() && FORMULA.indexOf(text.charAt(0)) >= 0 ? "'" + text : text;
    }
}
