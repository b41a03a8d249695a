package io.aiproxy.usage.report;

import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import java.io.IOException;
import java.io.OutputStream;

/** Writes reports of one format. Immutable; any thread that may block. */
public interface ReportWriter {
    /** For Content-Type. */
    String mediaType();

    /** A name for the file, with its ending, of letters, digits, points and hyphens. */
    String fileName(ReportQuery query);

    /**
     * Writes the report. The stream is flushed and stays open.
     *
     * @throws IOException when the stream, or the font that a setting names, cannot be used
     * @throws BooksException when the books cannot answer; something may have been written by then
     */
    void write(ReportQuery query, Books books, OutputStream out) throws IOException, BooksException;
}
