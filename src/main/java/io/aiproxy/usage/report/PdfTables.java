package io.aiproxy.usage.report;

import com.lowagie.text.Document;
import com.lowagie.text.Element;
import com.lowagie.text.Font;
import com.lowagie.text.Paragraph;
import com.lowagie.text.pdf.PdfPCell;
import com.lowagie.text.pdf.PdfPTable;
import io.aiproxy.usage.Dimension;
import java.awt.Color;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The tables behind the charts: the largest of each kind, and what is left in one row. */
final class PdfTables {
    static final Color DARK = new Color(0x1F, 0x4E, 0x79);
    private static final Color LINE = new Color(0xDD, 0xDD, 0xDD);
    private static final Color STRIPE = new Color(0xF4, 0xF7, 0xFA);
    private static final float SIZE = 8;
    private static final int MOST = 50;
    /** More columns than this do not fit across a page. */
    private static final int MOST_CURRENCIES = 3;

    private final Document document;
    private final Fonts fonts;
    private final ReportQuery query;

    PdfTables(Document document, Fonts fonts, ReportQuery query) {
        this.document = document;
        this.fonts = fonts;
        this.query = query;
    }

    /** A kind of cell. */
    private enum Kind {
        HEAD,
        NAME,
        NUMBER,
        SUM
    }

    /** The users, channels or models with the highest costs. */
    void table(Figures figures, Dimension dimension) {
        List<Entry> entries = figures.by().getOrDefault(dimension, List.of());
        Called called = new Called(query, dimension, entries);
        PdfPTable table = start(Figures.label(dimension), Label.of(dimension), figures.currencies());
        List<Entry> shown = entries.subList(0, Math.min(entries.size(), MOST));
        for (Entry entry : shown) {
            row(table, called.of(entry), entry, figures.currencies(), Kind.NUMBER);
        }
        if (entries.size() > MOST) {
            List<Entry> rest = entries.subList(MOST, entries.size());
            String name = Shown.whole(rest.size()) + " " + Label.OTHERS.in(query.language());
            row(table, name, Entry.sum(List.of(), rest), figures.currencies(), Kind.NUMBER);
        }
        row(table, Label.TOTAL.in(query.language()), figures.total(), figures.currencies(), Kind.SUM);
        document.add(table);
        if (entries.size() > MOST) {
            document.add(paragraph(Label.NOTE_MORE.in(query.language()), 7.5f, Font.NORMAL, Color.GRAY));
        }
    }

    /** The hours, days or months in which something happened. */
    void times(Figures figures) {
        PdfPTable table = start(figures.timeLabel(), Label.TIME, figures.currencies());
        for (Entry entry : figures.over()) {
            String time = Times.shown(entry.time(), query.statistics().zone(), figures.pieces());
            row(table, time, entry, figures.currencies(), Kind.NUMBER);
        }
        row(table, Label.TOTAL.in(query.language()), figures.total(), figures.currencies(), Kind.SUM);
        document.add(table);
    }

    private PdfPTable start(Label title, Label first, List<String> currencies) {
        List<String> shown = shown(currencies);
        float[] widths = new float[6 + shown.size()];
        Arrays.fill(widths, 1.25f);
        widths[0] = 2.9f;
        PdfPTable table = new PdfPTable(widths);
        table.setWidthPercentage(100);
        table.setSpacingBefore(12);
        table.setHeaderRows(2);
        table.setSplitLate(true);
        table.addCell(title(title.in(query.language()), widths.length));
        List<String> heads = new ArrayList<>();
        heads.add(first.in(query.language()));
        for (Label label : List.of(
                Label.REQUESTS, Label.SUCCESS_RATE, Label.INPUT_TOKENS, Label.CACHED_TOKENS, Label.OUTPUT_TOKENS)) {
            heads.add(label.in(query.language()));
        }
        shown.forEach(currency -> heads.add(Label.COST.in(query.language()) + " " + Clean.text(currency)));
        for (int column = 0; column < heads.size(); column++) {
            PdfPCell cell = cell(heads.get(column), Kind.HEAD, 0);
            cell.setHorizontalAlignment(column == 0 ? Element.ALIGN_LEFT : Element.ALIGN_RIGHT);
            table.addCell(cell);
        }
        return table;
    }

    /** A row of the table, so that it is never left alone at a page's end, and comes again where the table goes on. */
    private PdfPCell title(String text, int columns) {
        PdfPCell cell = new PdfPCell(fonts.phrase(text, 12, Font.BOLD, DARK));
        cell.setColspan(columns);
        cell.setBorder(PdfPCell.NO_BORDER);
        cell.setPadding(0);
        cell.setPaddingBottom(7);
        return cell;
    }

    private static List<String> shown(List<String> currencies) {
        return currencies.subList(0, Math.min(currencies.size(), MOST_CURRENCIES));
    }

    private void row(PdfPTable table, String name, Entry entry, List<String> currencies, Kind kind) {
        int number = table.size();
        table.addCell(cell(name, kind == Kind.SUM ? Kind.SUM : Kind.NAME, number));
        List<String> cells = new ArrayList<>(List.of(
                Shown.whole(entry.sums().requests()),
                Shown.percent(entry.successRate()),
                Shown.whole(entry.sums().usage().inputTokens()),
                Shown.whole(entry.sums().usage().cachedInputTokens()),
                Shown.whole(entry.sums().usage().outputTokens())));
        shown(currencies).forEach(currency -> cells.add(Money.shown(entry.cost(currency))));
        for (String text : cells) {
            PdfPCell cell = cell(text, kind, number);
            cell.setHorizontalAlignment(Element.ALIGN_RIGHT);
            table.addCell(cell);
        }
    }

    private PdfPCell cell(String text, Kind kind, int row) {
        boolean bold = kind == Kind.HEAD || kind == Kind.SUM;
        Color color = kind == Kind.HEAD ? Color.WHITE : Color.DARK_GRAY;
        PdfPCell cell = new PdfPCell(fonts.phrase(text, SIZE, bold ? Font.BOLD : Font.NORMAL, color));
        cell.setBorder(PdfPCell.BOTTOM);
        cell.setBorderColor(LINE);
        cell.setBorderWidth(0.5f);
        cell.setPadding(3.5f);
        cell.setPaddingBottom(4.5f);
        cell.setBackgroundColor(kind == Kind.HEAD ? DARK : row % 2 == 0 ? STRIPE : Color.WHITE);
        return cell;
    }

    private Paragraph paragraph(String text, float size, int style, Color color) {
        return new Paragraph(fonts.phrase(text, size, style, color));
    }
}
