package io.aiproxy.usage.report;

import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as reports write them, in the zone that was asked for. */
final class Times {
    private static final DateTimeFormatter DAY = format("yyyy-MM-dd");
    private static final DateTimeFormatter MINUTE = format("yyyy-MM-dd HH:mm");
    private static final DateTimeFormatter EXACT = format("yyyy-MM-dd'T'HH:mmXXX");
    private static final DateTimeFormatter MONTH = format("yyyy-MM");
    private static final DateTimeFormatter FILE_DAY = format("yyyyMMdd");
    private static final DateTimeFormatter FILE_MINUTE = format("yyyyMMdd'T'HHmm");

    private Times() {}

    private static DateTimeFormatter format(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
    }

    /** The beginning of a piece of time, for programs. */
    static String exact(long millis, ZoneId zone, Granularity granularity) {
        return time(millis, zone)
                .format(
                        switch (granularity) {
                            case DAY -> DAY;
                            case MONTH -> MONTH;
                            default -> EXACT;
                        });
    }

    /** The beginning of a piece of time, for people. */
    static String shown(long millis, ZoneId zone, Granularity granularity) {
        return time(millis, zone)
                .format(
                        switch (granularity) {
                            case DAY -> DAY;
                            case MONTH -> MONTH;
                            default -> MINUTE;
                        });
    }

    /** A moment, for people. */
    static String moment(Instant at, ZoneId zone) {
        return at.atZone(zone).format(MINUTE);
    }

    static ZonedDateTime time(long millis, ZoneId zone) {
        return Instant.ofEpochMilli(millis).atZone(zone);
    }

    /** The time of a report: the first and last day where it is made of whole days, otherwise to the minute. */
    static String period(StatisticsQuery query) {
        ZonedDateTime from = query.from().atZone(query.zone());
        ZonedDateTime to = query.to().atZone(query.zone());
        if (midnight(from) && midnight(to) && to.isAfter(from)) {
            String first = from.format(DAY);
            String last = to.minusDays(1).format(DAY);
            return first.equals(last) ? first : first + " – " + last;
        }
        return from.format(MINUTE) + " – " + to.format(MINUTE);
    }

    /** As {@link #period}, for a file's name. */
    static String file(StatisticsQuery query) {
        ZonedDateTime from = query.from().atZone(query.zone());
        ZonedDateTime to = query.to().atZone(query.zone());
        if (midnight(from) && midnight(to) && to.isAfter(from)) {
            String first = from.format(FILE_DAY);
            String last = to.minusDays(1).format(FILE_DAY);
            return first.equals(last) ? first : first + "-" + last;
        }
        return from.format(FILE_MINUTE) + "-" + to.format(FILE_MINUTE);
    }

    private static boolean midnight(ZonedDateTime time) {
        return time.toLocalTime().equals(LocalTime.MIDNIGHT);
    }
}
