package io.aiproxy.usage.report;

import com.lowagie.text.Document;
import com.lowagie.text.DocumentException;
import com.lowagie.text.Element;
import com.lowagie.text.Font;
import com.lowagie.text.Image;
import com.lowagie.text.Paragraph;
import com.lowagie.text.pdf.PdfPCell;
import com.lowagie.text.pdf.PdfPTable;
import com.lowagie.text.pdf.PdfWriter;
import io.aiproxy.core.Usage;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.report.Charts.Bar;
import java.awt.Color;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;

/** The first pages: what it is about, the most important numbers, charts. */
final class PdfPages {
    private static final Color DARK = PdfTables.DARK;
    private static final Color PALE = new Color(0xEA, 0xF1, 0xF8);
    private static final Color WARNING = new Color(0xFF, 0xF4, 0xDE);
    private static final int CARDS = 4;
    private static final int TOP = 10;
    private static final float CHART = 120;

    private final Document document;
    private final Charts charts;
    private final Fonts fonts;
    private final ReportQuery query;

    PdfPages(Document document, PdfWriter writer, Fonts fonts, ReportQuery query) {
        this.document = document;
        this.fonts = fonts;
        this.query = query;
        this.charts = new Charts(writer, fonts, document.right() - document.left());
    }

    PdfTables tables() {
        return new PdfTables(document, fonts, query);
    }

    /** Title, time, zone, filters. */
    void heading() {
        StatisticsQuery asked = query.statistics();
        PdfPCell cell = new PdfPCell();
        cell.setBackgroundColor(DARK);
        cell.setBorder(PdfPCell.NO_BORDER);
        cell.setPadding(14);
        cell.setPaddingTop(8);
        cell.addElement(paragraph(query.heading(), 20, Font.BOLD, Color.WHITE, 26));
        cell.addElement(paragraph(Times.period(asked), 12, Font.NORMAL, Color.WHITE, 18));
        String made = word(Label.TIME_ZONE) + ": " + asked.zone().getId() + "    " + word(Label.MADE) + ": "
                + Times.moment(query.made(), asked.zone());
        cell.addElement(paragraph(made, 8, Font.NORMAL, PALE, 14));
        String filters = XlsxWriter.filters(query);
        if (!filters.isEmpty()) {
            cell.addElement(paragraph(word(Label.FILTER) + " " + filters, 8, Font.NORMAL, PALE, 12));
        }
        PdfPTable band = new PdfPTable(1);
        band.setWidthPercentage(100);
        band.addCell(cell);
        band.setSpacingAfter(10);
        document.add(band);
    }

    /** Says that there is nothing to say. */
    void nothing() {
        document.add(paragraph(word(Label.NOTHING), 11, Font.NORMAL, Color.DARK_GRAY, 24));
    }

    /** The most important numbers, each in a box. */
    void figures(Figures figures) {
        Entry total = figures.total();
        Usage usage = total.sums().usage();
        PdfPTable cards = new PdfPTable(CARDS);
        cards.setWidthPercentage(100);
        for (String currency : figures.currencies()) {
            card(cards, word(Label.COST) + " " + Clean.text(currency), Money.shown(total.cost(currency)));
        }
        card(cards, word(Label.REQUESTS), Shown.whole(total.sums().requests()));
        card(cards, word(Label.SUCCESS_RATE), Shown.percent(total.successRate()));
        card(cards, word(Label.ACTIVE_USERS), Shown.whole(figures.users()));
        card(cards, word(Label.TOKENS), Shown.whole(total.tokens()));
        card(cards, word(Label.INPUT_TOKENS), Shown.whole(usage.inputTokens()));
        card(cards, word(Label.CACHED_TOKENS), Shown.whole(usage.cachedInputTokens()));
        card(cards, word(Label.OUTPUT_TOKENS), Shown.whole(usage.outputTokens()));
        total.duration().ifPresent(of -> {
            card(cards, word(Label.MEDIAN), Shown.seconds(of.p50()));
            card(cards, word(Label.P95), Shown.seconds(of.p95()));
        });
        used(cards, Label.CHARACTERS, usage.characters());
        used(cards, Label.SECONDS, usage.seconds());
        used(cards, Label.IMAGES, usage.images());
        cards.getDefaultCell().setBorder(PdfPCell.NO_BORDER);
        cards.completeRow();
        document.add(cards);
    }

    private void used(PdfPTable cards, Label label, long number) {
        if (number > 0) {
            card(cards, word(label), Shown.whole(number));
        }
    }

    private void card(PdfPTable cards, String name, String value) {
        PdfPCell cell = new PdfPCell();
        cell.setBackgroundColor(PALE);
        cell.setBorderColor(Color.WHITE);
        cell.setBorderWidth(3);
        cell.setPadding(8);
        cell.setPaddingTop(3);
        cell.addElement(paragraph(name, 8, Font.NORMAL, Color.DARK_GRAY, 12));
        cell.addElement(paragraph(value, value.length() > 12 ? 11 : 14, Font.BOLD, DARK, 18));
        cards.addCell(cell);
    }

    /** What a reader has to know before believing the numbers; nothing where there is nothing. */
    void notes(Figures figures) {
        List<String> notes = new ArrayList<>();
        Entry total = figures.total();
        if (total.sums().estimated() > 0) {
            notes.add(Shown.percent(total.share(total.sums().estimated())) + " " + word(Label.NOTE_ESTIMATED));
        }
        if (total.sums().unpriced() > 0) {
            notes.add(Shown.whole(total.sums().unpriced()) + " " + word(Label.NOTE_UNPRICED));
        }
        if (figures.currencies().size() > 1) {
            notes.add(word(Label.NOTE_CURRENCIES));
        }
        if (notes.isEmpty()) {
            return;
        }
        PdfPCell cell = new PdfPCell();
        cell.setBackgroundColor(WARNING);
        cell.setBorder(PdfPCell.LEFT);
        cell.setBorderColor(Charts.SECOND);
        cell.setBorderWidth(3);
        cell.setPadding(8);
        cell.setPaddingTop(2);
        notes.forEach(note -> cell.addElement(paragraph(note, 8.5f, Font.NORMAL, Color.DARK_GRAY, 13)));
        PdfPTable box = new PdfPTable(1);
        box.setWidthPercentage(100);
        box.setSpacingBefore(6);
        box.addCell(cell);
        document.add(box);
    }

    /** Money and tokens over time. */
    void columns(Figures figures) throws DocumentException {
        List<Entry> pieces = complete(figures);
        DoubleFunction<String> scale = number -> Shown.brief(number, query.language());
        for (String currency : figures.currencies()) {
            List<Bar> bars = pieces.stream()
                    .map(entry -> new Bar(name(entry, figures.pieces()), entry.cost(currency) / 1e9, 0, ""))
                    .toList();
            chart(word(Label.COST) + " " + Clean.text(currency), charts.columns(bars, CHART, scale));
        }
        List<Bar> bars = pieces.stream()
                .map(entry -> new Bar(
                        name(entry, figures.pieces()),
                        entry.sums().usage().inputTokens(),
                        entry.sums().usage().outputTokens(),
                        ""))
                .toList();
        chart(word(Label.TOKENS), charts.columns(bars, CHART, scale));
        document.add(charts.legend(word(Label.INPUT_TOKENS), word(Label.OUTPUT_TOKENS)));
    }

    private String name(Entry entry, Granularity pieces) {
        ZonedDateTime time = Times.time(entry.time(), query.statistics().zone());
        String shown = Times.shown(entry.time(), query.statistics().zone(), pieces);
        return switch (pieces) {
            case DAY -> shown.substring("yyyy-".length());
            case HOUR ->
                time.getHour() == 0
                        ? shown.substring("yyyy-".length(), "yyyy-mm-dd".length())
                        : shown.substring("yyyy-mm-dd ".length());
            default -> shown;
        };
    }

    /** With the pieces of time in which nothing happened, so that a quiet day is seen as one. */
    private List<Entry> complete(Figures figures) {
        StatisticsQuery asked = query.statistics();
        Map<Long, Entry> known = new HashMap<>();
        figures.over().forEach(entry -> known.put(entry.time(), entry));
        ChronoUnit unit =
                switch (figures.pieces()) {
                    case HOUR -> ChronoUnit.HOURS;
                    case MONTH -> ChronoUnit.MONTHS;
                    default -> ChronoUnit.DAYS;
                };
        ZonedDateTime time = asked.from().atZone(asked.zone()).truncatedTo(ChronoUnit.HOURS);
        if (unit != ChronoUnit.HOURS) {
            time = time.toLocalDate().atStartOfDay(asked.zone());
        }
        if (unit == ChronoUnit.MONTHS) {
            time = time.toLocalDate().withDayOfMonth(1).atStartOfDay(asked.zone());
        }
        List<Entry> all = new ArrayList<>();
        while (time.toInstant().isBefore(asked.to())) {
            long at = time.toInstant().toEpochMilli();
            all.add(known.getOrDefault(at, Entry.empty(at, List.of())));
            time = time.plus(1, unit);
        }
        return all;
    }

    /** The largest of a kind: by cost in each currency, or by tokens where nothing has a price. */
    void bars(Dimension dimension, List<Entry> entries, List<String> currencies) throws DocumentException {
        Label what = Label.of(dimension);
        Called called = new Called(query, dimension, entries);
        if (currencies.isEmpty()) {
            bars(
                    what,
                    word(Label.TOKENS),
                    entries.stream()
                            .map(entry -> byTokens(entry, called.of(entry)))
                            .toList());
        }
        for (String currency : currencies) {
            List<Bar> bars = entries.stream()
                    .filter(entry -> entry.cost(currency) > 0)
                    .sorted(Comparator.comparingLong((Entry entry) -> entry.cost(currency))
                            .reversed())
                    .map(entry -> byCost(entry, called.of(entry), currency))
                    .toList();
            bars(what, word(Label.COST) + " " + Clean.text(currency), bars);
        }
    }

    private void bars(Label what, String unit, List<Bar> all) throws DocumentException {
        if (all.isEmpty()) {
            return;
        }
        List<Bar> bars = all.subList(0, Math.min(all.size(), TOP));
        String top = word(Label.TOP) + " " + bars.size();
        boolean chinese = query.language() == Language.CHINESE;
        chart((chinese ? word(what) + top : top + " · " + word(what)) + " · " + unit, charts.bars(bars));
    }

    private Bar byCost(Entry entry, String name, String currency) {
        return new Bar(name, entry.cost(currency) / 1e9, 0, Money.shown(entry.cost(currency)));
    }

    private Bar byTokens(Entry entry, String name) {
        Usage usage = entry.sums().usage();
        return new Bar(name, usage.inputTokens(), usage.outputTokens(), Shown.whole(entry.tokens()));
    }

    /** A title and its picture, never on two pages. */
    private void chart(String title, Image picture) {
        PdfPCell cell = new PdfPCell();
        cell.setBorder(PdfPCell.NO_BORDER);
        cell.setPadding(0);
        cell.addElement(paragraph(title, 11, Font.BOLD, DARK, 18));
        picture.setSpacingBefore(4);
        picture.setAlignment(Element.ALIGN_LEFT);
        cell.addElement(picture);
        PdfPTable box = new PdfPTable(1);
        box.setWidthPercentage(100);
        box.setSpacingBefore(8);
        box.setKeepTogether(true);
        box.addCell(cell);
        document.add(box);
    }

    private String word(Label label) {
        return label.in(query.language());
    }

    private Paragraph paragraph(String text, float size, int style, Color color, float leading) {
        Paragraph paragraph = new Paragraph(leading);
        paragraph.addAll(fonts.phrase(text, size, style, color).getChunks());
        return paragraph;
    }
}
