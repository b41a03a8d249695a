package io.aiproxy.usage.report;

import io.aiproxy.core.Usage;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsRow.Sums;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import org.dhatim.fastexcel.BorderSide;
import org.dhatim.fastexcel.BorderStyle;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;

/** One sheet of rows with numbers: a heading that stays, columns wide enough, a line of sums. */
final class Sheet {
    static final String HEAD = "1F4E79";
    private static final String SUMS = "E7EEF5";
    private static final String WHOLE = "#,##0";
    private static final String SHARE = "0.0%";
    private static final String MONEY = "#,##0.00####";
    private static final int NAME_WIDTH = 28;
    private static final int NUMBER_WIDTH = 15;
    private static final int TIME_WIDTH = 18;
    /** So many rows are held before they go out. */
    private static final int FLUSH = 500;
    /** A sheet ends at row 1,048,576; the rest is what CSV is for. */
    private static final int MOST_ROWS = 1_000_000;

    private final Worksheet sheet;
    private final ReportQuery query;
    private final List<String> currencies;
    private int row;

    Sheet(Workbook workbook, String name, ReportQuery query, List<String> currencies) {
        this.sheet = workbook.newWorksheet(XlsxWriter.name(name));
        this.query = query;
        this.currencies = currencies;
    }

    /** One row for each piece of time. */
    void pieces(Granularity pieces, List<Entry> entries, Entry total) throws IOException {
        boolean days = pieces == Granularity.DAY || pieces == Granularity.MONTH;
        head(List.of((days ? Label.DATE : Label.TIME).in(query.language())), TIME_WIDTH);
        for (Entry entry : entries) {
            time(entry, pieces);
            numbers(entry, 1);
            next();
        }
        sums(total, 1);
        finish(1);
    }

    /** One row for each value of these dimensions. */
    void table(List<Dimension> by, List<Entry> entries, Entry total) throws IOException {
        List<String> heads = names(by);
        head(heads, NAME_WIDTH);
        for (Entry entry : entries.subList(0, Math.min(entries.size(), MOST_ROWS))) {
            values(entry, by, 0);
            numbers(entry, heads.size());
            next();
        }
        sums(total, heads.size());
        finish(heads.size());
    }

    /** The rows that were asked for: without sums, because groups count calls more than once. */
    void details(List<Entry> entries) throws IOException {
        Granularity pieces = query.statistics().granularity();
        List<String> heads = new ArrayList<>();
        if (pieces != Granularity.TOTAL) {
            heads.add(Label.TIME.in(query.language()));
        }
        heads.addAll(names(query.statistics().by()));
        head(heads, NAME_WIDTH);
        int first = pieces == Granularity.TOTAL ? 0 : 1;
        for (Entry entry : entries.subList(0, Math.min(entries.size(), MOST_ROWS))) {
            if (first > 0) {
                time(entry, pieces);
            }
            values(entry, query.statistics().by(), first);
            numbers(entry, heads.size());
            next();
        }
        finish(heads.size());
    }

    private List<String> names(List<Dimension> by) {
        List<String> names = new ArrayList<>();
        for (Dimension dimension : by) {
            names.add(Label.of(dimension).in(query.language()));
            if (ReportNames.has(dimension)) {
                names.add(Label.named(dimension).in(query.language()));
            }
        }
        return names;
    }

    private void head(List<String> names, int width) {
        List<String> all = new ArrayList<>(names);
        for (Label label : List.of(Label.REQUESTS, Label.SUCCESSFUL, Label.SUCCESS_RATE, Label.INPUT_TOKENS)) {
            all.add(label.in(query.language()));
        }
        for (Label label : List.of(Label.CACHED_TOKENS, Label.OUTPUT_TOKENS, Label.REASONING_TOKENS, Label.TOKENS)) {
            all.add(label.in(query.language()));
        }
        for (Label label : List.of(Label.CHARACTERS, Label.SECONDS, Label.IMAGES, Label.ESTIMATED, Label.UNPRICED)) {
            all.add(label.in(query.language()));
        }
        currencies.forEach(currency -> all.add(Label.COST.in(query.language()) + " " + Clean.text(currency)));
        for (int column = 0; column < all.size(); column++) {
            sheet.value(0, column, all.get(column));
            sheet.width(column, column < names.size() ? width : NUMBER_WIDTH);
        }
        heading(sheet, all.size());
        sheet.freezePane(names.size(), 1);
        print(sheet);
        row = 1;
    }

    /** Makes the first row look like a heading. */
    static void heading(Worksheet sheet, int columns) {
        sheet.range(0, 0, 0, columns - 1)
                .style()
                .bold()
                .fontColor("FFFFFF")
                .fillColor(HEAD)
                .horizontalAlignment("center")
                .verticalAlignment("center")
                .wrapText(true)
                .set();
        sheet.rowHeight(0, 32);
    }

    private void time(Entry entry, Granularity pieces) {
        ZonedDateTime time = Times.time(entry.time(), query.statistics().zone());
        if (pieces == Granularity.DAY || pieces == Granularity.MONTH) {
            sheet.value(row, 0, time.toLocalDate());
            sheet.style(row, 0)
                    .format(pieces == Granularity.DAY ? "yyyy-mm-dd" : "yyyy-mm")
                    .set();
        } else {
            sheet.value(row, 0, time.toLocalDateTime());
            sheet.style(row, 0).format("yyyy-mm-dd hh:mm").set();
        }
    }

    /** Ids, and behind each its name: nothing where there is none. */
    private void values(Entry entry, List<Dimension> by, int column) {
        int at = column;
        for (int i = 0; i < by.size(); i++) {
            String value = entry.values().get(i);
            sheet.value(row, at++, value.isEmpty() ? Label.NOBODY.in(query.language()) : Clean.text(value));
            if (ReportNames.has(by.get(i))) {
                String name = query.names().name(by.get(i), value);
                if (!name.isEmpty()) {
                    sheet.value(row, at, Clean.text(name));
                }
                at++;
            }
        }
    }

    private void numbers(Entry entry, int from) {
        Sums sums = entry.sums();
        Usage usage = sums.usage();
        int column = number(from, WHOLE, sums.requests(), sums.successful());
        sheet.value(row, column, entry.successRate());
        sheet.style(row, column).format(SHARE).set();
        column = number(
                column + 1,
                WHOLE,
                usage.inputTokens(),
                usage.cachedInputTokens(),
                usage.outputTokens(),
                usage.reasoningTokens(),
                entry.tokens(),
                usage.characters(),
                usage.seconds(),
                usage.images(),
                sums.estimated(),
                sums.unpriced());
        for (String currency : currencies) {
            sheet.value(row, column, BigDecimal.valueOf(entry.cost(currency), Money.SCALE));
            sheet.style(row, column++).format(MONEY).set();
        }
    }

    private int number(int from, String format, long... numbers) {
        int column = from;
        for (long number : numbers) {
            sheet.value(row, column, number);
            sheet.style(row, column++).format(format).set();
        }
        return column;
    }

    private void next() throws IOException {
        row++;
        if (row % FLUSH == 0) {
            sheet.flush();
        }
    }

    private void sums(Entry total, int named) {
        sheet.value(row, 0, Label.TOTAL.in(query.language()));
        numbers(total, named);
        int last = named + 13 + currencies.size() - 1;
        for (int column = 0; column <= last; column++) {
            String format =
                    column < named ? "General" : column == named + 2 ? SHARE : column > named + 12 ? MONEY : WHOLE;
            sheet.style(row, column)
                    .bold()
                    .format(format)
                    .fillColor(SUMS)
                    .borderStyle(BorderSide.TOP, BorderStyle.THIN)
                    .set();
        }
    }

    private void finish(int named) throws IOException {
        int rows = Math.max(1, row - 1);
        sheet.setAutoFilter(0, 0, rows, named + 13 + currencies.size() - 1);
        sheet.finish();
    }

    /** As people print it: across the page, one page wide, the heading on each. Before the first row goes out. */
    static void print(Worksheet sheet) {
        sheet.pageOrientation("landscape");
        sheet.fitToWidth((short) 1);
        sheet.fitToHeight((short) 0);
        sheet.setFitToPage(true);
        sheet.repeatRows(0);
    }
}
