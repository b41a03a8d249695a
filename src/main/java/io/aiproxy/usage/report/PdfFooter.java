package io.aiproxy.usage.report;

import com.lowagie.text.Document;
import com.lowagie.text.Rectangle;
import com.lowagie.text.pdf.PdfContentByte;
import com.lowagie.text.pdf.PdfPageEventHelper;
import com.lowagie.text.pdf.PdfTemplate;
import com.lowagie.text.pdf.PdfWriter;
import io.aiproxy.usage.report.Fonts.Align;
import io.aiproxy.usage.report.Fonts.Placed;
import java.awt.Color;
import org.jspecify.annotations.Nullable;

/** The line at the foot of every page: what it belongs to, and which page of how many it is. */
final class PdfFooter extends PdfPageEventHelper {
    private static final Color GREY = new Color(0x80, 0x80, 0x80);
    private static final float SIZE = 7.5f;
    private static final float Y = 26;
    private static final float PAGES_WIDTH = 26;

    private final Fonts fonts;
    private final String what;
    private @Nullable PdfTemplate pages;

    PdfFooter(Fonts fonts, String what) {
        this.fonts = fonts;
        this.what = what;
    }

    @Override
    public void onOpenDocument(PdfWriter writer, Document document) {
        pages = writer.getDirectContent().createTemplate(PAGES_WIDTH, 12);
    }

    @Override
    public void onEndPage(PdfWriter writer, Document document) {
        PdfContentByte canvas = writer.getDirectContent();
        Rectangle page = document.getPageSize();
        float left = document.leftMargin();
        float right = page.getWidth() - document.rightMargin();
        canvas.saveState();
        canvas.setColorStroke(GREY);
        canvas.setLineWidth(0.4f);
        canvas.moveTo(left, Y + 11);
        canvas.lineTo(right, Y + 11);
        canvas.stroke();
        canvas.setColorFill(GREY);
        String shown = fonts.fit(what, SIZE, right - left - 80);
        fonts.draw(canvas, new Placed(shown, left, Y, Align.LEFT), SIZE);
        fonts.draw(canvas, new Placed(writer.getPageNumber() + " / ", right - PAGES_WIDTH + 12, Y, Align.RIGHT), SIZE);
        if (pages != null) {
            canvas.addTemplate(pages, right - PAGES_WIDTH + 12, Y);
        }
        canvas.restoreState();
    }

    @Override
    public void onCloseDocument(PdfWriter writer, Document document) {
        if (pages != null) {
            pages.setColorFill(GREY);
            int last = Math.max(1, writer.getPageNumber() - 1);
            fonts.draw(pages, new Placed(Integer.toString(last), 0, 0, Align.LEFT), SIZE);
        }
    }
}
