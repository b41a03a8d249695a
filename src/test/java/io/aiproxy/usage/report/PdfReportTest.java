package io.aiproxy.usage.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.aiproxy.config.ReportConfig;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.rendering.PDFRenderer;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** PDF, read and painted by another library. With {@code -Daiproxy.look=DIR} the pages are kept there as pictures. */
class PdfReportTest {
    private static final Path FONT = Path.of("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc");

    @TempDir
    private Path temp;

    private static ReportQuery query(Language language) {
        return ReportQuery.of(Scene.november(Granularity.DAY), Scene.MADE).in(language);
    }

    private static byte[] bytes(LedgerBooks books, ReportQuery query) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ReportWriters.of(ReportConfig.Format.PDF).write(query, books, out);
        return out.toByteArray();
    }

    private static String text(byte[] pdf) throws IOException {
        try (PDDocument document = Loader.loadPDF(pdf)) {
            return new PDFTextStripper().getText(document);
        }
    }

    private static void look(byte[] pdf, String name) throws IOException {
        String directory = System.getProperty("aiproxy.look");
        if (directory != null) {
            Files.write(Path.of(directory, name + ".pdf"), pdf);
        }
        try (PDDocument document = Loader.loadPDF(pdf)) {
            PDFRenderer renderer = new PDFRenderer(document);
            for (int page = 0; page < document.getNumberOfPages(); page++) {
                BufferedImage image = renderer.renderImageWithDPI(page, 80);
                assertThat(dark(image))
                        .as("something is painted on page " + (page + 1))
                        .isGreaterThan(500);
                if (directory != null) {
                    ImageIO.write(
                            image,
                            "png",
                            Path.of(directory, name + "-" + page + ".png").toFile());
                }
            }
        }
    }

    private static int dark(BufferedImage image) {
        int dark = 0;
        for (int x = 0; x < image.getWidth(); x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                int rgb = image.getRGB(x, y);
                dark += (rgb >> 16 & 0xFF) + (rgb >> 8 & 0xFF) + (rgb & 0xFF) < 384 ? 1 : 0;
            }
        }
        return dark;
    }

    @Test
    void a_month_in_english() throws Exception {
        byte[] pdf = bytes(Scene.month(), query(Language.ENGLISH));
        look(pdf, "month-en");
        assertThat(text(pdf))
                .contains("Usage report", "2026-11-01 – 2026-11-30", "Asia/Shanghai", "Active users")
                .contains("Cost CNY", "Cost USD", "张三", "Łukasz", "qwen-plus")
                .contains("usage that was estimated", "has no price", "several currencies")
                .contains("1 / ", "Total");
        try (PDDocument document = Loader.loadPDF(pdf)) {
            assertThat(document.getNumberOfPages()).isBetween(2, 6);
            assertThat(document.getDocumentInformation().getTitle()).contains("2026-11-01 – 2026-11-30");
        }
    }

    @Test
    void a_month_in_chinese_with_every_glyph_inside() throws Exception {
        assumeThat(FONT).exists();
        byte[] pdf = bytes(Scene.month(), query(Language.CHINESE));
        look(pdf, "month-zh");
        assertThat(text(pdf)).contains("用量报告", "活跃用户", "按模型", "赵六（财务部）");
        Set<String> fonts = new TreeSet<>();
        Set<String> strangers = new TreeSet<>();
        PDFTextStripper reader = new PDFTextStripper() {
            @Override
            protected void processTextPosition(TextPosition text) {
                (text.getFont().isEmbedded() ? fonts : strangers)
                        .add(text.getFont().getName());
            }
        };
        try (PDDocument document = Loader.loadPDF(pdf)) {
            reader.getText(document);
        }
        assertThat(fonts).hasSize(2).allMatch(name -> name.matches("[A-Z]{6}[+].*"), "is only a part");
        assertThat(strangers).isEmpty();
        assertThat(pdf.length).isLessThan(400_000);
    }

    @Test
    void without_a_font_for_chinese_it_is_still_text() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ReportQuery query = query(Language.CHINESE);
        PdfReport.write(query, Figures.of(Scene.month(), query.statistics()), Fonts.withoutFiles(), out);
        look(out.toByteArray(), "month-poor");
        assertThat(text(out.toByteArray())).contains("用量报告", "张三");
    }

    @ParameterizedTest
    @EnumSource
    void an_empty_month_says_so(Language language) throws Exception {
        byte[] pdf = bytes(new LedgerBooks(), query(language));
        look(pdf, "empty-" + language.code());
        assertThat(text(pdf)).contains(Label.NOTHING.in(language));
    }

    @Test
    void tokens_are_shown_where_nothing_has_a_price() throws Exception {
        LedgerBooks books = new LedgerBooks()
                .with(
                        Calls.at("2026-11-02T01:00:00Z")
                                .by("a")
                                .used(1_000_000, 5)
                                .record(),
                        Calls.at("2026-11-02T01:00:00Z").by("").used(1, 5).record());
        byte[] pdf = bytes(books, query(Language.ENGLISH));
        look(pdf, "tokens");
        assertThat(text(pdf))
                .contains("1,000,005", "(none)", "Top 2 · User · Tokens")
                .doesNotContain("Cost");
    }

    @Test
    void people_are_called_by_name_and_by_id_where_the_name_is_not_enough() throws Exception {
        LedgerBooks books = new LedgerBooks();
        for (String user : List.of("u1", "u2", "u3", "u4", "u5", "gone", "")) {
            books.with(Calls.at("2026-11-02T01:00:00Z").by(user).used(5, 5).record());
        }
        StatisticsQuery asked = Scene.november(Granularity.DAY);
        StatisticsQuery filtered = new StatisticsQuery(
                asked.from(),
                asked.to(),
                asked.zone(),
                asked.granularity(),
                asked.by(),
                Map.of(Dimension.CHANNEL, Set.of("openai")),
                false);
        byte[] pdf = bytes(books, ReportQuery.of(filtered, Scene.MADE).named(Scene.NAMES));
        look(pdf, "names");
        assertThat(text(pdf))
                .contains("王伟 (u1)", "王伟 (u2)", "u4 (u3)", "李四", "gone", "(none)")
                .contains("Channel: =OpenAI (openai)")
                .doesNotContain("(u5)", "(gone)", "u4 (u4)");
    }

    @Test
    void many_users_are_cut_and_the_rest_is_summed_up() throws Exception {
        LedgerBooks books = new LedgerBooks();
        for (int user = 0; user < 1000; user++) {
            for (int day = 0; day < 30; day++) {
                books.with(Calls.at(Scene.november(Granularity.TOTAL).from().toEpochMilli() + day * 86_400_000L)
                        .by("user-" + user)
                        .used(100, 10)
                        .cost("0.01", "CNY")
                        .record());
            }
        }
        byte[] pdf = bytes(books, query(Language.ENGLISH));
        look(pdf, "many");
        assertThat(text(pdf)).contains("950 others", "28,500", "30,000", "285.00", "300.00");
        assertThat(pdf.length).isLessThan(400_000);
    }

    @Test
    void odd_names_are_no_trouble() throws Exception {
        LedgerBooks books = new LedgerBooks()
                .with(
                        Calls.at("2026-11-02T01:00:00Z")
                                .by("\u0000\uD83D\uDE00 emoji")
                                .record(),
                        Calls.at("2026-11-02T01:00:00Z").by("x".repeat(5000)).record(),
                        Calls.at("2026-11-02T01:00:00Z").by("عربي").record());
        byte[] pdf = bytes(books, query(Language.ENGLISH).titled("报告 <R&D>"));
        look(pdf, "odd");
        assertThat(text(pdf)).contains("报告 <R&D>", "? emoji", "xxx…");
    }

    @Test
    void a_font_that_cannot_be_used_is_named() throws Exception {
        Path broken = Files.writeString(temp.resolve("broken.ttf"), "no font");
        for (Path font : List.of(broken, temp.resolve("nowhere.ttf"))) {
            assertThatThrownBy(() -> ReportWriters.of(ReportConfig.Format.PDF, font)
                            .write(query(Language.ENGLISH), new LedgerBooks(), new ByteArrayOutputStream()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(font.toString())
                    .hasMessageContaining("report.font");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0.25", "3, 1", "4, 1", "7, 2", "9.9, 2.5", "100, 25", "101, 50", "123456, 50000"})
    void scales_are_round(double most, double step) {
        assertThat(Charts.step(most)).isEqualTo(step);
    }

    @ParameterizedTest
    @CsvSource({"1, 100.0 %", "0.999999, 99.99 %", "0.5, 50.0 %", "0, 0.0 %", "0.0004, 0.04 %", "0.975, 97.5 %"})
    void what_is_nearly_all_is_not_all(double share, String shown) {
        assertThat(Shown.percent(share)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"1500, 1.5K, 1500", "1234567, 1.23M, 123万", "250000000, 250M, 2.5亿", "0.05, 0.05, 0.05", "999, 999, 999"
    })
    void brief_numbers(double number, String english, String chinese) {
        assertThat(Shown.brief(number, Language.ENGLISH)).isEqualTo(english);
        assertThat(Shown.brief(number, Language.CHINESE).replace(",", "")).isEqualTo(chinese);
    }
}
