package io.aiproxy.config;

import java.time.LocalTime;
import java.util.List;

/**
 * The report that is made by the clock, {@code report:} in system.yaml.
 *
 * @param every how often: {@code never} (default), {@code daily}, {@code weekly} (on Mondays), {@code monthly} (on the first);
 *     it covers the day, week or month that has ended
 * @param at the time of day, in the books' time zone. Default: {@code "06:00"}
 * @param formats any of {@code csv}, {@code xlsx}, {@code pdf}. Default: {@code [pdf, xlsx]}
 * @param to directory, relative to the data directory. Default: {@code reports}
 * @param keep so many of the newest of each format stay. Default: 60
 */
public record ReportConfig(Every every, LocalTime at, List<Format> formats, String to, int keep) {
    /** What holds where nothing is said. */
    public static final ReportConfig DEFAULT =
            new ReportConfig(Every.NEVER, LocalTime.of(6, 0), List.of(Format.PDF, Format.XLSX), "reports", 60);

    /** How often. */
    public enum Every {
        NEVER,
        DAILY,
        WEEKLY,
        MONTHLY
    }

    /** What it is written as. */
    public enum Format {
        CSV,
        XLSX,
        PDF
    }
}
