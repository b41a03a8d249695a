package io.aiproxy.usage.report;

import io.aiproxy.core.Usage;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow.Sums;
import java.io.IOException;
import java.math.BigDecimal;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;

/** The first sheet: what the report is about, and what is most important. */
final class SummarySheet {
    private static final String WHOLE = "#,##0";
    private static final String MONEY = "#,##0.00####";
    private static final String SECONDS = "0.00\" s\"";
    private static final double MICROS = 1_000_000;

    private final Worksheet sheet;
    private final ReportQuery query;
    private int row;

    SummarySheet(Workbook workbook, ReportQuery query) {
        this.query = query;
        sheet = workbook.newWorksheet(XlsxWriter.name(Label.SUMMARY.in(query.language())));
        sheet.width(0, 30);
        sheet.width(1, 44);
        sheet.value(0, 0, query.heading());
        sheet.style(0, 0).bold().fontSize(16).fontColor(Sheet.HEAD).set();
        sheet.rowHeight(0, 26);
        row = 2;
    }

    /** Of which time, which calls, and when it was made. */
    void about(StatisticsQuery asked) {
        line(Label.PERIOD, Times.period(asked));
        line(Label.TIME_ZONE, asked.zone().getId());
        line(Label.MADE, Times.moment(query.made(), asked.zone()));
        String filters = XlsxWriter.filters(query);
        if (!filters.isEmpty()) {
            line(Label.FILTER, filters);
        }
        row++;
    }

    /** The numbers. */
    void figures(Figures figures) {
        Entry total = figures.total();
        Sums sums = total.sums();
        Usage usage = sums.usage();
        sheet.value(row, 0, Label.KEY_FIGURES.in(query.language()));
        sheet.range(row, 0, row, 1)
                .style()
                .bold()
                .fontColor("FFFFFF")
                .fillColor(Sheet.HEAD)
                .set();
        row++;
        number(Label.REQUESTS, sums.requests());
        number(Label.SUCCESSFUL, sums.successful());
        line(Label.SUCCESS_RATE, total.successRate(), "0.0%");
        number(Label.ACTIVE_USERS, figures.users());
        number(Label.INPUT_TOKENS, usage.inputTokens());
        number(Label.CACHED_TOKENS, usage.cachedInputTokens());
        number(Label.OUTPUT_TOKENS, usage.outputTokens());
        number(Label.REASONING_TOKENS, usage.reasoningTokens());
        number(Label.TOKENS, total.tokens());
        for (String currency : figures.currencies()) {
            named(Label.COST.in(query.language()) + " " + Clean.text(currency));
            sheet.value(row, 1, BigDecimal.valueOf(total.cost(currency), Money.SCALE));
            sheet.style(row++, 1).format(MONEY).horizontalAlignment("left").set();
        }
        total.duration().ifPresent(of -> {
            line(Label.MEDIAN, of.p50() / MICROS, SECONDS);
            line(Label.P95, of.p95() / MICROS, SECONDS);
        });
        number(Label.ESTIMATED, sums.estimated());
        number(Label.UNPRICED, sums.unpriced());
    }

    void finish() throws IOException {
        sheet.fitToWidth((short) 1);
        sheet.finish();
    }

    private void named(String name) {
        sheet.value(row, 0, name);
    }

    private void line(Label label, String text) {
        named(label.in(query.language()));
        sheet.value(row++, 1, text);
    }

    private void line(Label label, double number, String format) {
        named(label.in(query.language()));
        sheet.value(row, 1, number);
        sheet.style(row++, 1).format(format).horizontalAlignment("left").set();
    }

    private void number(Label label, long number) {
        named(label.in(query.language()));
        sheet.value(row, 1, number);
        sheet.style(row++, 1).format(WHOLE).horizontalAlignment("left").set();
    }
}
