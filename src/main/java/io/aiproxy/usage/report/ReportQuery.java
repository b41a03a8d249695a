package io.aiproxy.usage.report;

import io.aiproxy.usage.StatisticsQuery;
import java.time.Instant;

/**
 * A report that is asked for.
 *
 * @param statistics time, zone and filters of the report. CSV is exactly its rows. XLSX and PDF have their own tables (by
 *     day, user, channel and model); where {@code by} asks for something, XLSX has its rows on a sheet more
 * @param title what stands above it; empty: the usual title in the report's language
 * @param language of words; names and CSV's column names are not translated
 * @param made when it is made
 * @param records at most so many of the newest single calls are on a sheet of their own, XLSX only; 0: none
 * @param byteOrderMark whether CSV begins with a byte order mark, without which Excel takes UTF-8 for something else
 * @param names of what has an id
 */
public record ReportQuery(
        StatisticsQuery statistics,
        String title,
        Language language,
        Instant made,
        int records,
        boolean byteOrderMark,
        ReportNames names) {

    /** The most records of single calls that a report holds: a sheet ends at 1,048,576 rows. */
    public static final int MOST_RECORDS = 1_000_000;

    /** Takes care that a sheet's end is never met. */
    public ReportQuery {
        records = Math.max(0, Math.min(records, MOST_RECORDS));
    }

    /** A report in English without single calls. */
    public static ReportQuery of(StatisticsQuery statistics, Instant made) {
        return new ReportQuery(statistics, "", Language.ENGLISH, made, 0, false, ReportNames.NONE);
    }

    /** As this, in another language. */
    public ReportQuery in(Language other) {
        return new ReportQuery(statistics, title, other, made, records, byteOrderMark, names);
    }

    /** As this, with another title. */
    public ReportQuery titled(String other) {
        return new ReportQuery(statistics, other, language, made, records, byteOrderMark, names);
    }

    /** As this, with so many of the newest single calls. */
    public ReportQuery withRecords(int most) {
        return new ReportQuery(statistics, title, language, made, most, byteOrderMark, names);
    }

    /** As this, with a byte order mark at CSV's beginning. */
    public ReportQuery forExcel() {
        return new ReportQuery(statistics, title, language, made, records, true, names);
    }

    /** As this, with names beside the ids. */
    public ReportQuery named(ReportNames known) {
        return new ReportQuery(statistics, title, language, made, records, byteOrderMark, known);
    }

    /** The title, the usual one where none was given. */
    String heading() {
        return title.isBlank() ? Label.REPORT.in(language) : Clean.text(title);
    }
}
