package io.aiproxy.usage.report;

import io.aiproxy.config.ReportConfig;
import java.nio.file.Path;
import java.util.Optional;

/** Writers by format. */
public final class ReportWriters {
    private ReportWriters() {}

    /** The writer of this format; PDF takes the font for Chinese from where fonts usually are. */
    public static ReportWriter of(ReportConfig.Format format) {
        return switch (format) {
            case CSV -> new CsvWriter();
            case XLSX -> new XlsxWriter();
            case PDF -> new PdfReport(Optional.empty());
        };
    }

    /**
     * As {@link #of(ReportConfig.Format)}, with the font for what is not Latin.
     *
     * @param font a TrueType or OpenType file, or a collection of them; matters for PDF only
     */
    public static ReportWriter of(ReportConfig.Format format, Path font) {
        return format == ReportConfig.Format.PDF ? new PdfReport(Optional.of(font)) : of(format);
    }
}
