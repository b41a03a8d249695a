package io.aiproxy.app.statistics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.usage.Granularity;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The time that a question is about.
 *
 * @param from first moment, a whole minute
 * @param to first moment that does not belong to it, a whole minute
 * @param zone in which pieces of time begin and times are told
 * @param granularity how finely it is cut
 */
record Span(Instant from, Instant to, ZoneId zone, Granularity granularity) {
    /** The parameters read here. */
    static final List<String> PARAMETERS = List.of("start_time", "end_time", "time_zone", "granularity");

    private static final Set<String> GRANULARITIES = Set.of("total", "minute", "hour", "day", "month");

    /**
     * What holds where nothing is said.
     *
     * @param now the end
     * @param zone the time zone
     * @param granularity how finely time is cut; the beginning follows from it
     */
    record Defaults(Instant now, ZoneId zone, Granularity granularity) {}

    static Span of(Asked asked, Defaults defaults) throws Declined {
        ZoneId zone = Moments.zone(asked, defaults.zone);
        Granularity granularity = Granularity.valueOf(asked.word(
                        "granularity",
                        GRANULARITIES,
                        defaults.granularity.name().toLowerCase(Locale.ROOT))
                .toUpperCase(Locale.ROOT));
        Optional<Instant> start = Moments.begin(asked, "start_time", zone);
        Optional<Instant> end = Moments.end(asked, "end_time", zone);
        Instant to = up(end.orElse(defaults.now));
        Instant from = start.orElseGet(() -> before(to, granularity, zone)).truncatedTo(ChronoUnit.MINUTES);
        if (!from.isBefore(to)) {
            throw end.isPresent()
                    ? Asked.malformed("end_time", "a moment after start_time")
                    : Asked.malformed("start_time", "a moment before now, or end_time as well");
        }
        return new Span(from, to, zone, granularity);
    }

    private static Instant up(Instant moment) {
        Instant down = moment.truncatedTo(ChronoUnit.MINUTES);
        return down.equals(moment) ? moment : down.plus(1, ChronoUnit.MINUTES);
    }

    /** As much as fits a screen: an hour of minutes, a day of hours, thirty days, twelve months; otherwise a day. */
    private static Instant before(Instant end, Granularity granularity, ZoneId zone) {
        ZonedDateTime last = end.atZone(zone).minusNanos(1);
        return switch (granularity) {
            case MINUTE -> end.minus(1, ChronoUnit.HOURS);
            case TOTAL, HOUR -> end.minus(24, ChronoUnit.HOURS);
            case DAY -> last.toLocalDate().minusDays(29).atStartOfDay(zone).toInstant();
            case MONTH ->
                last.toLocalDate()
                        .withDayOfMonth(1)
                        .minusMonths(11)
                        .atStartOfDay(zone)
                        .toInstant();
        };
    }

    /** How many pieces of time there are, or one more. */
    long pieces() {
        ZonedDateTime begin = from.atZone(zone);
        ZonedDateTime end = to.atZone(zone);
        return switch (granularity) {
            case TOTAL -> 1;
            case MINUTE -> ChronoUnit.MINUTES.between(from, to);
            case HOUR -> ChronoUnit.HOURS.between(from, to) + 1;
            case DAY -> ChronoUnit.DAYS.between(begin, end) + 1;
            case MONTH -> ChronoUnit.MONTHS.between(begin, end) + 1;
        };
    }

    /** The same, as a whole. */
    Span whole() {
        return new Span(from, to, zone, Granularity.TOTAL);
    }

    /** A moment in words: ISO 8601, with the offset that holds there. */
    String told(long millis) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                Instant.ofEpochMilli(millis).atZone(zone));
    }

    /** Says which time an answer is about. */
    void tell(ObjectNode answer) {
        answer.putObject("range").put("start_time", told(from.toEpochMilli())).put("end_time", told(to.toEpochMilli()));
        answer.put("time_zone", zone.getId())
                .put("granularity", granularity.name().toLowerCase(Locale.ROOT));
    }
}
