package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.TemporalAdjusters;
import java.util.Optional;

/** A day, week or month of the calendar. It is as long as it is there and then: 23 hours, say, when clocks go forward. */
final class CalendarCell extends Cell {
    /** By how much threads may disagree about the time. */
    private static final long TOLERANCE_MILLIS = 60_000;

    private final LimitConfig.Calendar calendar;
    private long start = Long.MIN_VALUE;
    private long end = Long.MIN_VALUE;
    private long used;

    CalendarCell(LimitConfig.Calendar calendar) {
        this.calendar = calendar;
    }

    @Override
    void advance(long nowMillis) {
        if (nowMillis >= end) {
            used = 0;
            window(nowMillis);
        } else if (nowMillis < start - TOLERANCE_MILLIS) { // the clock was set back: the count goes with it
            window(nowMillis);
        }
    }

    private void window(long nowMillis) {
        ZoneId zone = calendar.zone();
        LocalDate today = Instant.ofEpochMilli(nowMillis).atZone(zone).toLocalDate();
        LocalDate first =
                switch (calendar.unit()) {
                    case DAY -> today;
                    case WEEK -> today.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                    case MONTH -> today.withDayOfMonth(1);
                };
        LocalDate next =
                switch (calendar.unit()) {
                    case DAY -> first.plusDays(1);
                    case WEEK -> first.plusWeeks(1);
                    case MONTH -> first.plusMonths(1);
                };
        start = first.atStartOfDay(zone).toInstant().toEpochMilli();
        end = next.atStartOfDay(zone).toInstant().toEpochMilli();
    }

    @Override
    long used() {
        return used;
    }

    @Override
    void add(long amount) {
        used = Math.max(0, used + amount);
    }

    @Override
    void correct(long amount, long takenMillis) {
        if (takenMillis >= start - TOLERANCE_MILLIS && takenMillis < end) {
            add(amount);
        }
    }

    @Override
    long waitMillis(long amount, long most, long nowMillis) {
        return Math.max(1, amount) > most || fits(amount, most) ? 0 : resetMillis(nowMillis);
    }

    @Override
    long resetMillis(long nowMillis) {
        return used == 0 ? 0 : Math.max(1, end - nowMillis);
    }

    @Override
    boolean idle(long nowMillis) {
        return used == 0 || nowMillis >= end;
    }

    @Override
    Optional<SavedCount> saved(String name) {
        return Optional.of(new SavedCount(name, start, end, used, 0));
    }

    @Override
    void restore(SavedCount saved, long nowMillis) {
        advance(nowMillis);
        if (saved.fromMillis() >= start && saved.fromMillis() < end) {
            used = saved.used();
        }
    }
}
