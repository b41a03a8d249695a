package io.aiproxy.usage.report;

import com.lowagie.text.BadElementException;
import com.lowagie.text.Image;
import com.lowagie.text.pdf.PdfTemplate;
import com.lowagie.text.pdf.PdfWriter;
import io.aiproxy.usage.report.Fonts.Align;
import io.aiproxy.usage.report.Fonts.Placed;
import java.awt.Color;
import java.util.List;
import java.util.function.DoubleFunction;

/** Charts, drawn with lines and boxes: nothing of a window system is needed. */
final class Charts {
    static final Color FIRST = new Color(0x2E, 0x75, 0xB6);
    static final Color SECOND = new Color(0xF2, 0x9F, 0x4B);
    private static final Color GRID = new Color(0xDD, 0xDD, 0xDD);
    private static final Color TEXT = new Color(0x44, 0x44, 0x44);
    private static final float SMALL = 7.5f;
    private static final float LEFT = 46;
    private static final float BOTTOM = 18;
    private static final float TOP = 8;
    private static final float BAR = 15;
    private static final float NAMES = 130;
    private static final float NUMBERS = 82;
    private static final int MOST_LABELS = 12;

    private final PdfWriter writer;
    private final Fonts fonts;
    private final float width;

    /** @param width of every chart, in points */
    Charts(PdfWriter writer, Fonts fonts, float width) {
        this.writer = writer;
        this.fonts = fonts;
        this.width = width;
    }

    /**
     * One column or bar.
     *
     * @param name what it stands for
     * @param first its value, or the lower part of it
     * @param second the upper part
     * @param shown its value in words, for bars
     */
    record Bar(String name, double first, double second, String shown) {
        double all() {
            return first + second;
        }
    }

    /** Columns over time, with a scale. */
    Image columns(List<Bar> bars, float height, DoubleFunction<String> scale) throws BadElementException {
        PdfTemplate canvas = writer.getDirectContent().createTemplate(width, height);
        double most = bars.stream().mapToDouble(Bar::all).max().orElse(0);
        double step = step(most);
        double end = Math.max(step, Math.ceil(most / step) * step);
        float high = height - BOTTOM - TOP;
        for (double at = 0; at <= end + step / 2; at += step) {
            float y = BOTTOM + (float) (at / end * high);
            line(canvas, y);
            text(canvas, new Placed(scale.apply(at), LEFT - 5, y - 2.5f, Align.RIGHT));
        }
        float slot = (width - LEFT) / Math.max(1, bars.size());
        float wide = Math.min(slot * 0.72f, 28);
        int every = Math.max(1, (int) Math.ceil((double) bars.size() / MOST_LABELS));
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            float x = LEFT + i * slot + (slot - wide) / 2;
            float lower = (float) (bar.first / end * high);
            float upper = (float) (bar.second / end * high);
            box(canvas, FIRST, new float[] {x, BOTTOM, wide, lower});
            box(canvas, SECOND, new float[] {x, BOTTOM + lower, wide, upper});
            if (i % every == 0) {
                text(canvas, new Placed(bar.name, x + wide / 2, 5, Align.CENTER));
            }
        }
        return Image.getInstance(canvas);
    }

    /** Bars from the left, one below the other, each with its name and value. */
    Image bars(List<Bar> bars) throws BadElementException {
        float height = bars.size() * BAR + 4;
        PdfTemplate canvas = writer.getDirectContent().createTemplate(width, height);
        double most = Math.max(
                Double.MIN_NORMAL, bars.stream().mapToDouble(Bar::all).max().orElse(0));
        float room = width - NAMES - NUMBERS;
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            float y = height - (i + 1) * BAR;
            float lower = (float) (bar.first / most * room);
            float upper = (float) (bar.second / most * room);
            text(canvas, new Placed(fonts.fit(bar.name, SMALL, NAMES - 8), NAMES - 5, y + 4, Align.RIGHT));
            box(canvas, FIRST, new float[] {NAMES, y + 2, lower, BAR - 5});
            box(canvas, SECOND, new float[] {NAMES + lower, y + 2, upper, BAR - 5});
            text(canvas, new Placed(bar.shown, NAMES + lower + upper + 5, y + 4, Align.LEFT));
        }
        return Image.getInstance(canvas);
    }

    /** What the two colours stand for. */
    Image legend(String first, String second) throws BadElementException {
        PdfTemplate canvas = writer.getDirectContent().createTemplate(width, 12);
        box(canvas, FIRST, new float[] {LEFT, 2, 8, 8});
        text(canvas, new Placed(first, LEFT + 12, 3.5f, Align.LEFT));
        float next = LEFT + 12 + fonts.width(first, SMALL) + 16;
        box(canvas, SECOND, new float[] {next, 2, 8, 8});
        text(canvas, new Placed(second, next + 12, 3.5f, Align.LEFT));
        return Image.getInstance(canvas);
    }

    /** A round distance between lines, so that there are four of them or so. */
    static double step(double most) {
        if (!(most > 0)) {
            return 1;
        }
        double rough = most / 4;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        for (double factor : new double[] {1, 2, 2.5, 5}) {
            if (factor * power >= rough) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private void line(PdfTemplate canvas, float y) {
        canvas.setColorStroke(GRID);
        canvas.setLineWidth(0.5f);
        canvas.moveTo(LEFT, y);
        canvas.lineTo(width, y);
        canvas.stroke();
    }

    private static void box(PdfTemplate canvas, Color color, float[] place) {
        if (place[2] > 0 && place[3] > 0) {
            canvas.setColorFill(color);
            canvas.rectangle(place[0], place[1], place[2], place[3]);
            canvas.fill();
        }
    }

    private void text(PdfTemplate canvas, Placed placed) {
        canvas.setColorFill(TEXT);
        fonts.draw(canvas, placed, SMALL);
    }
}
