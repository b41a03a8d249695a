package io.aiproxy.usage.report;

import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.UsageRecord;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import org.dhatim.fastexcel.Workbook;
import org.dhatim.fastexcel.Worksheet;

/** The sheet of single calls, newest first: read page by page and never held together. */
final class RecordSheet {
    private static final int PAGE = 1000;
    private static final double MICROS = 1_000_000;
    private static final List<Label> HEADS = List.of(
            Label.TIME,
            Label.USER,
            Label.USER_NAME,
            Label.KEY,
            Label.CHANNEL,
            Label.CHANNEL_NAME,
            Label.MODEL,
            Label.OPERATION,
            Label.STATUS,
            Label.ENDING,
            Label.FAILURE,
            Label.DURATION);
    private static final List<Label> NUMBERS = List.of(
            Label.INPUT_TOKENS, Label.CACHED_TOKENS, Label.OUTPUT_TOKENS, Label.SOURCE, Label.COST, Label.CURRENCY);

    private final Worksheet sheet;
    private final ReportQuery query;
    private int row;

    RecordSheet(Workbook workbook, ReportQuery query) {
        this.sheet = workbook.newWorksheet(XlsxWriter.name(Label.CALLS.in(query.language())));
        this.query = query;
    }

    /** Writes the newest calls, so many as are wanted. */
    void write(Books books) throws IOException, BooksException {
        head();
        StatisticsQuery asked = query.statistics();
        Optional<RecordQuery.Mark> mark = Optional.empty();
        int left = query.records();
        while (left > 0) {
            int wanted = Math.min(PAGE, left);
            List<UsageRecord> page =
                    books.records(new RecordQuery(asked.from(), asked.to(), asked.filters(), mark, wanted));
            for (UsageRecord call : page) {
                line(call);
            }
            sheet.flush();
            left -= page.size();
            if (page.size() < wanted) {
                break;
            }
            UsageRecord last = page.get(page.size() - 1);
            mark = Optional.of(new RecordQuery.Mark(last.startedMillis(), last.id()));
        }
        sheet.finish();
    }

    private void head() {
        int column = 0;
        for (List<Label> labels : List.of(HEADS, NUMBERS, List.of(Label.ID))) {
            for (Label label : labels) {
                sheet.value(0, column, label.in(query.language()));
                sheet.width(column++, label == Label.TIME || label == Label.MODEL ? 24 : 16);
            }
        }
        Sheet.heading(sheet, column);
        sheet.freezePane(1, 1);
        Sheet.print(sheet);
        row = 1;
    }

    private void line(UsageRecord call) {
        sheet.value(
                row,
                0,
                Times.time(call.startedMillis(), query.statistics().zone()).toLocalDateTime());
        sheet.style(row, 0).format("yyyy-mm-dd hh:mm:ss").set();
        text(1, call.user());
        text(2, query.names().name(Dimension.USER, call.user()));
        text(3, call.key());
        text(4, call.channel());
        text(5, query.names().name(Dimension.CHANNEL, call.channel()));
        text(6, call.model());
        text(7, call.operation());
        sheet.value(row, 8, call.status());
        text(9, call.ending());
        text(10, call.failure());
        if (call.durationMicros() >= 0) {
            sheet.value(row, 11, call.durationMicros() / MICROS);
        }
        sheet.value(row, 12, call.usage().inputTokens());
        sheet.value(row, 13, call.usage().cachedInputTokens());
        sheet.value(row, 14, call.usage().outputTokens());
        text(15, call.source().tag());
        if (call.priced()) {
            sheet.value(row, 16, BigDecimal.valueOf(call.cost(), Money.SCALE));
            text(17, call.currency());
        }
        text(18, call.id());
        row++;
    }

    /** Not shared between cells: a list of all texts would grow with the sheet. */
    private void text(int column, String text) {
        if (!text.isEmpty()) {
            sheet.inlineString(row, column, Clean.text(text));
        }
    }
}
