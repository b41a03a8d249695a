package io.aiproxy.usage.report;

import com.lowagie.text.Chunk;
import com.lowagie.text.DocumentException;
import com.lowagie.text.Font;
import com.lowagie.text.Phrase;
import com.lowagie.text.pdf.BaseFont;
import com.lowagie.text.pdf.PdfContentByte;
import java.awt.Color;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The fonts of one document: one for Latin, Greek and Cyrillic that comes with the library, and one for the rest, which is
 * looked for where fonts usually are. Of both only the characters that occur are put into the document, so it looks the
 * same everywhere. Only where no font for Chinese is found the document names one that readers are expected to have
 * ({@code STSong-Light}): most do, but one without Asian fonts shows gaps.
 */
final class Fonts {
    /** How a text is placed at its x. */
    enum Align {
        LEFT,
        CENTER,
        RIGHT
    }

    private static final String LATIN = "font-fallback/LiberationSans-Regular.ttf";

    /** TrueType outlines before PostScript ones: the library makes smaller parts of them. */
    private static final List<String> PLACES = List.of(
            "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
            "/usr/share/fonts/wqy-microhei/wqy-microhei.ttc",
            "/usr/share/fonts/wenquanyi/wqy-microhei/wqy-microhei.ttc",
            "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
            "/usr/share/fonts/wqy-zenhei/wqy-zenhei.ttc",
            "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
            "/usr/share/fonts/truetype/arphic/uming.ttc",
            "C:/Windows/Fonts/msyh.ttc",
            "C:/Windows/Fonts/simsun.ttc",
            "/System/Library/Fonts/STHeiti Light.ttc",
            "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
            "/Library/Fonts/Arial Unicode.ttf",
            "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
            "/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc",
            "/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc");

    private final BaseFont latin;
    private final BaseFont wide;

    private Fonts(BaseFont latin, BaseFont wide) {
        this.latin = latin;
        this.wide = wide;
    }

    /** The fonts for a document; {@code wanted} is the file that somebody has named. */
    static Fonts load(Optional<Path> wanted) throws IOException {
        BaseFont wide = wanted.isPresent() ? named(wanted.get()) : found(PLACES);
        return new Fonts(latin(), wide);
    }

    /** The fonts of a machine that has none for Chinese. */
    static Fonts withoutFiles() throws IOException {
        return new Fonts(latin(), found(List.of()));
    }

    private static BaseFont latin() throws IOException {
        try (InputStream font = BaseFont.class.getClassLoader().getResourceAsStream(LATIN)) {
            if (font == null) {
                throw new IOException("the program is incomplete: " + LATIN + " is not in it");
            }
            return BaseFont.createFont(
                    "LiberationSans.ttf", BaseFont.IDENTITY_H, BaseFont.EMBEDDED, false, font.readAllBytes(), null);
        } catch (DocumentException e) {
            throw new IOException("the font " + LATIN + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static BaseFont named(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IOException("the font " + file + " is not there or must not be read; name another (report.font)");
        }
        try {
            return embedded(file.toString());
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    "the font " + file + " cannot be used (" + e.getMessage() + "); name a TrueType file that may be"
                            + " embedded (report.font)",
                    e);
        }
    }

    private static BaseFont embedded(String file) throws DocumentException, IOException {
        String name = file.toLowerCase(Locale.ROOT).endsWith(".ttc") ? file + ",0" : file;
        return BaseFont.createFont(name, BaseFont.IDENTITY_H, BaseFont.EMBEDDED, false, null, null);
    }

    private static BaseFont found(List<String> places) throws IOException {
        for (String place : places) {
            if (Files.isReadable(Path.of(place))) {
                try {
                    return embedded(place);
                } catch (IOException | RuntimeException e) {
                    // broken, or its maker does not allow embedding: the next one may do
                }
            }
        }
        try {
            return BaseFont.createFont("STSong-Light", "UniGB-UCS2-H", BaseFont.NOT_EMBEDDED);
        } catch (DocumentException e) {
            throw new IOException("there is no font for Chinese: " + e.getMessage(), e);
        }
    }

    /** A part of a text in one font. */
    private record Run(String text, BaseFont font) {}

    /** What neither font knows is shown as a question mark. */
    private List<Run> runs(String text) {
        List<Run> runs = new ArrayList<>();
        StringBuilder same = new StringBuilder();
        BaseFont current = latin;
        int at = 0;
        while (at < text.length()) {
            int point = text.codePointAt(at);
            at += Character.charCount(point);
            BaseFont font = knows(latin, point) ? latin : knows(wide, point) ? wide : latin;
            if (font != current && !same.isEmpty()) {
                runs.add(new Run(same.toString(), current));
                same.setLength(0);
            }
            current = font;
            same.appendCodePoint(font == latin && !knows(latin, point) ? '?' : point);
        }
        if (!same.isEmpty()) {
            runs.add(new Run(same.toString(), current));
        }
        return runs;
    }

    /** Beyond the first 65,536 characters the fonts that are found know next to nothing. */
    private static boolean knows(BaseFont font, int point) {
        return Character.isBmpCodePoint(point) && font.charExists(point);
    }

    /** A text for tables and paragraphs. */
    Phrase phrase(String text, float size, int style, Color color) {
        Phrase phrase = new Phrase();
        phrase.setFont(new Font(latin, size, style, color)); // also of the space before a paragraph
        for (Run run : runs(text)) {
            phrase.add(new Chunk(run.text, new Font(run.font, size, style, color)));
        }
        return phrase;
    }

    /** How wide a text is, in points. */
    float width(String text, float size) {
        float width = 0;
        for (Run run : runs(text)) {
            width += run.font.getWidthPoint(run.text, size);
        }
        return width;
    }

    /** The text, cut where it is wider than {@code most} points. */
    String fit(String text, float size, float most) {
        if (width(text, size) <= most) {
            return text;
        }
        String cut = text;
        while (!cut.isEmpty() && width(cut + "…", size) > most) {
            cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
        }
        return cut + "…";
    }

    /** A text in a drawing. */
    record Placed(String text, float x, float y, Align align) {}

    /** Draws a text with the present fill colour. */
    void draw(PdfContentByte canvas, Placed placed, float size) {
        float width = width(placed.text, size);
        float x =
                switch (placed.align) {
                    case LEFT -> placed.x;
                    case CENTER -> placed.x - width / 2;
                    case RIGHT -> placed.x - width;
                };
        canvas.beginText();
        canvas.setTextMatrix(x, placed.y);
        for (Run run : runs(placed.text)) {
            canvas.setFontAndSize(run.font, size);
            canvas.showText(run.text);
        }
        canvas.endText();
    }
}
