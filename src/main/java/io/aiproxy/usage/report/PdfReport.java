package io.aiproxy.usage.report;

import com.lowagie.text.Document;
import com.lowagie.text.DocumentException;
import com.lowagie.text.PageSize;
import com.lowagie.text.pdf.PdfWriter;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pages for people who have not asked for every number: figures, charts, tables of what is largest. */
final class PdfReport implements ReportWriter {
    private static final float SIDE = 42;
    private static final float HEIGHT = 46;

    private final Optional<Path> font;

    PdfReport(Optional<Path> font) {
        this.font = font;
    }

    @Override
    public String mediaType() {
        return "application/pdf";
    }

    @Override
    public String fileName(ReportQuery query) {
        return "aiproxy-report-" + Times.file(query.statistics()) + ".pdf";
    }

    @Override
    public void write(ReportQuery query, Books books, OutputStream out) throws IOException, BooksException {
        write(query, Figures.of(books, query.statistics()), Fonts.load(font), out);
    }

    static void write(ReportQuery query, Figures figures, Fonts fonts, OutputStream out) throws IOException {
        Document document = new Document(PageSize.A4, SIDE, SIDE, HEIGHT, HEIGHT + 6);
        try {
            PdfWriter writer = PdfWriter.getInstance(document, out);
            writer.setCloseStream(false);
            writer.setFullCompression();
            String what = query.heading() + " · " + Times.period(query.statistics());
            writer.setPageEvent(new PdfFooter(fonts, what));
            document.addTitle(what);
            document.addCreator("AIProxy");
            document.setDocumentLanguage(query.language().code());
            document.open();
            body(document, new PdfPages(document, writer, fonts, query), figures);
            document.close();
        } catch (DocumentException e) {
            throw new IOException("the report cannot be laid out: " + e.getMessage(), e);
        }
        out.flush();
    }

    private static void body(Document document, PdfPages pages, Figures figures) throws DocumentException {
        pages.heading();
        if (figures.total().sums().requests() == 0) {
            pages.nothing();
            return;
        }
        pages.figures(figures);
        pages.notes(figures);
        pages.columns(figures);
        for (Map.Entry<Dimension, List<Entry>> of : figures.by().entrySet()) {
            pages.bars(of.getKey(), of.getValue(), figures.currencies());
        }
        document.newPage();
        PdfTables tables = pages.tables();
        for (Dimension dimension : figures.by().keySet()) {
            tables.table(figures, dimension);
        }
        tables.times(figures);
    }
}
