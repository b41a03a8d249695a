package io.aiproxy.config;

import java.time.LocalTime;
import java.util.List;
import java.util.Optional;

/**
 * The report that is made by the clock, {@code report:} in system.yaml.
 *
 * @param every how often: {@code never} (default), {@code daily}, {@code weekly} (on Mondays), {@code monthly} (on the first);
 *     it covers the day, week or month that has ended
 * @param at the time of day, in the books' time zone. Default: {@code "06:00"}
 * @param formats any of {@code csv}, {@code xlsx}, {@code pdf}. Default: {@code [pdf, xlsx]}
 * @param to directory, relative to the data directory. Default: {@code reports}
 * @param keep so many of the newest of each format stay. Default: 60
 * @param lang language of its words, {@code en} or {@code zh}. Default: {@code en}
 * @param font file with the font for Chinese in PDF (TrueType or OpenType, {@code .ttf}, {@code .otf} or {@code .ttc}),
 *     relative to the data directory. Default: one that is found where fonts usually are
 */
public record ReportConfig(
        Every every, LocalTime at, List<Format> formats, String to, int keep, Lang lang, Optional<String> font) {
    /** What holds where nothing is said. */
    public static final ReportConfig DEFAULT = new ReportConfig(
            Every.NEVER,
            LocalTime.of(6, 0),
            List.of(Format.PDF, Format.XLSX),
            "reports",
            60,
            Lang.EN,
            Optional.empty());

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

    /** The language of its words. */
    public enum Lang {
        EN,
        ZH
    }
}
