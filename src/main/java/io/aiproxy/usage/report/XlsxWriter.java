package io.aiproxy.usage.report;

import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.dhatim.fastexcel.Workbook;

/**
 * A workbook: a summary, a sheet for time, users, channels and models each, the rows that were asked for, and single calls.
 * Numbers and dates are such. Sums are values, not formulas: the library writes formulas without their results, and what
 * only shows a file (mail, telephones, scripts) would show nothing.
 */
final class XlsxWriter implements ReportWriter {
    private static final String APPLICATION = "AIProxy";
    private static final String VERSION = "1.0";

    @Override
    public String mediaType() {
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    }

    @Override
    public String fileName(ReportQuery query) {
        return "aiproxy-report-" + Times.file(query.statistics()) + ".xlsx";
    }

    @Override
    public void write(ReportQuery query, Books books, OutputStream out) throws IOException, BooksException {
        Figures figures = Figures.of(books, query.statistics());
        try (Workbook workbook = new Workbook(new Open(out), APPLICATION, VERSION)) {
            workbook.setGlobalDefaultFont("Calibri", 11);
            summary(workbook, query, figures);
            Language language = query.language();
            List<String> currencies = figures.currencies();
            Sheet times = new Sheet(workbook, figures.timeLabel().in(language), query, currencies);
            times.pieces(figures.pieces(), figures.over(), figures.total());
            for (Map.Entry<Dimension, List<Entry>> of : figures.by().entrySet()) {
                Sheet sheet = new Sheet(workbook, Figures.label(of.getKey()).in(language), query, currencies);
                sheet.table(List.of(of.getKey()), of.getValue(), figures.total());
            }
            asked(workbook, query, books);
            if (query.records() > 0) {
                new RecordSheet(workbook, query).write(books);
            }
        }
        out.flush();
    }

    /** What was asked for, where it is not on one of the other sheets already. */
    private static void asked(Workbook workbook, ReportQuery query, Books books) throws IOException, BooksException {
        StatisticsQuery asked = query.statistics();
        boolean single = asked.granularity() == Granularity.TOTAL
                && asked.by().size() == 1
                && Figures.SHOWN.contains(asked.by().get(0));
        if (asked.by().isEmpty() || single) {
            return;
        }
        List<Entry> entries = new Ledger(books, asked).asked();
        Sheet sheet = new Sheet(workbook, Label.DETAILS.in(query.language()), query, Ledger.currencies(entries));
        sheet.details(entries);
    }

    private static void summary(Workbook workbook, ReportQuery query, Figures figures) throws IOException {
        SummarySheet sheet = new SummarySheet(workbook, query);
        sheet.about(query.statistics());
        sheet.figures(figures);
        sheet.finish();
    }

    /** Sheets' names: 31 characters at most and none of these. Ours are short; this guards what is translated. */
    static String name(String wanted) {
        String name = wanted.replaceAll("[\\\\/?*\\[\\]:]", " ");
        return name.length() > 31 ? name.substring(0, 31) : name;
    }

    /** The filters of a report in a line; empty when there are none. */
    static String filters(ReportQuery query) {
        StringBuilder line = new StringBuilder();
        for (Dimension dimension : Dimension.values()) {
            Set<String> values = query.statistics().filters().getOrDefault(dimension, Set.of());
            if (!values.isEmpty()) {
                String list = values.stream()
                        .sorted()
                        .map(value -> Called.full(query, dimension, value))
                        .collect(Collectors.joining(", "));
                line.append(line.isEmpty() ? "" : "; ")
                        .append(Label.of(dimension).in(query.language()))
                        .append(": ")
                        .append(list);
            }
        }
        return Clean.text(line.toString());
    }

    /** The workbook closes what it writes to; the stream is the caller's. */
    private static final class Open extends FilterOutputStream {
        Open(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
