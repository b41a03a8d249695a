package io.aiproxy.usage.report;

import io.aiproxy.config.ReportConfig;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A day, week or month that a report is made of by the clock.
 *
 * @param name of it, for files: {@code daily-20261120}, {@code weekly-20261116}, {@code monthly-202611}
 * @param zone in which it begins and ends
 * @param first its first day
 * @param behind the first day behind it
 */
public record ReportPeriod(String name, ZoneId zone, LocalDate first, LocalDate behind) {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT);
    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("yyyyMM", Locale.ROOT);

    /**
     * The latest period whose report is due: it has ended, and the time of day has come at which its report is made. After
     * a longer absence this is one period, not all that were missed. Empty where no reports are made.
     */
    public static Optional<ReportPeriod> due(ReportConfig config, ZoneId zone, Instant now) {
        ZonedDateTime here = now.atZone(zone);
        LocalDate today = here.toLocalDate();
        return switch (config.every()) {
            case NEVER -> Optional.empty();
            case DAILY -> {
                LocalDate behind = begun(today, config, here) ? today : today.minusDays(1);
                LocalDate first = behind.minusDays(1);
                yield Optional.of(new ReportPeriod("daily-" + first.format(DAY), zone, first, behind));
            }
            case WEEKLY -> {
                LocalDate monday = today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                LocalDate behind = begun(monday, config, here) ? monday : monday.minusWeeks(1);
                LocalDate first = behind.minusWeeks(1);
                yield Optional.of(new ReportPeriod("weekly-" + first.format(DAY), zone, first, behind));
            }
            case MONTHLY -> {
                LocalDate month = today.withDayOfMonth(1);
                LocalDate behind = begun(month, config, here) ? month : month.minusMonths(1);
                LocalDate first = behind.minusMonths(1);
                yield Optional.of(new ReportPeriod("monthly-" + first.format(MONTH), zone, first, behind));
            }
        };
    }

    /** Whether reports are made by now of what ended when this day began. */
    private static boolean begun(LocalDate day, ReportConfig config, ZonedDateTime now) {
        return !now.isBefore(day.atTime(config.at()).atZone(now.getZone()));
    }

    /** Its statistics by day and user; what XLSX and PDF show of it does not depend on this. */
    public StatisticsQuery statistics() {
        return new StatisticsQuery(
                first.atStartOfDay(zone).toInstant(),
                behind.atStartOfDay(zone).toInstant(),
                zone,
                Granularity.DAY,
                List.of(Dimension.USER, Dimension.MODEL),
                Map.of(),
                false);
    }
}
