package io.aiproxy.usage.sql;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;

/** When pieces of time begin in a zone, in milliseconds since 1970. */
final class Times {
    static final long MINUTE = 60_000;
    static final long QUARTER = 15 * MINUTE;
    static final long HOUR = 60 * MINUTE;

    /** Before all calls. */
    private static final long NEVER = Long.MIN_VALUE / 8;

    private final ZoneId zone;

    Times(ZoneId zone) {
        this.zone = zone;
    }

    ZoneId zone() {
        return zone;
    }

    /** The last multiple of {@code length} that is not behind {@code at}. */
    static long floor(long at, long length) {
        return Math.floorDiv(at, length) * length;
    }

    /** The first multiple of {@code length} that is not before {@code at}. */
    static long ceil(long at, long length) {
        return -Math.floorDiv(-at, length) * length;
    }

    /** {@link Instant#MIN} and its like mean "from the beginning", and are more than these tables can hold. */
    static long millis(Instant at) {
        long least = Long.MIN_VALUE / 8;
        long most = Long.MAX_VALUE / 8;
        if (at.getEpochSecond() < least / 1000) {
            return least;
        }
        return at.getEpochSecond() > most / 1000 ? most : at.toEpochMilli();
    }

    private LocalDate date(long at) {
        return LocalDate.ofInstant(Instant.ofEpochMilli(at), zone);
    }

    private long begin(LocalDate date) {
        return date.atStartOfDay(zone).toInstant().toEpochMilli();
    }

    long day(long at) {
        return begin(date(at));
    }

    long nextDay(long at) {
        return begin(date(at).plusDays(1));
    }

    long month(long at) {
        return begin(date(at).withDayOfMonth(1));
    }

    long nextMonth(long at) {
        return begin(date(at).withDayOfMonth(1).plusMonths(1));
    }

    /** How far the zone's hours are behind those of UTC, less than an hour: 1,800,000 where an hour begins at half past. */
    long hourShift(long at) {
        long offset = zone.getRules().getOffset(Instant.ofEpochMilli(at)).getTotalSeconds() * 1000L;
        return Math.floorMod(offset, HOUR);
    }

    /** When the clocks are changed next; {@code before} if they are not until then. */
    long nextChange(long at, long before) {
        ZoneOffsetTransition next = zone.getRules().nextTransition(Instant.ofEpochMilli(at));
        return next == null ? before : Math.min(before, next.toEpochSecond() * 1000);
    }

    /** When the clocks were changed last, at this moment or before; long ago if never. */
    long lastChange(long at) {
        ZoneOffsetTransition last = zone.getRules().previousTransition(Instant.ofEpochMilli(at + 1));
        return last == null ? NEVER : last.toEpochSecond() * 1000;
    }

    /** Whether both have the same days, months and hours. */
    boolean same(ZoneId other) {
        return zone.getRules().equals(other.getRules());
    }

    /** For people. */
    String text(long at) {
        return LocalDateTime.ofInstant(Instant.ofEpochMilli(at), zone) + " " + zone;
    }
}
