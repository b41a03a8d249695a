package io.aiproxy.usage.sql;

import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Granularity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a question is answered: from the coarsest sums that answer it exactly. */
final class Plan {
    private static final Segment.Key BUCKET = new Segment.Key.Bucket();

    private final State state;
    private final @Nullable Times books;
    private final Times asked;
    private final List<Segment> segments = new ArrayList<>();

    /**
     * @param books the zone of days and months; null when they cannot be used
     * @param asked the zone of the question
     */
    private Plan(State state, @Nullable Times books, Times asked) {
        this.state = state;
        this.books = books;
        this.asked = asked;
    }

    /**
     * Whose sums there are and whose are asked for.
     *
     * @param books the zone of days and months
     * @param asked the zone of the question
     */
    record Zones(Times books, Times asked) {}

    /** The parts of an answer for {@code range}, which begins and ends with a minute. */
    static List<Segment> of(State state, Zones zones, Granularity granularity, Range range) throws BooksException {
        Plan plan = new Plan(state, state.summed() ? zones.books() : null, zones.asked());
        switch (granularity) {
            case TOTAL -> plan.cover(range, new Segment.Key.Constant(range.from()));
            case MINUTE -> plan.minutes(range, new Segment.Key.Even(Times.MINUTE, 0));
            case HOUR -> plan.hours(range);
            case DAY -> plan.days(range);
            case MONTH -> plan.months(range);
        }
        return plan.segments;
    }

    private void add(@Nullable Level level, long from, long to, Segment.Key key) {
        if (from >= to) {
            return;
        }
        Segment next = new Segment(level, new Range(from, to), key);
        int last = segments.size() - 1;
        if (last >= 0 && segments.get(last).with(next).isPresent()) {
            segments.set(last, segments.get(last).with(next).get());
        } else {
            segments.add(next);
        }
    }

    private void months(Range range) throws BooksException {
        for (long at = asked.month(range.from()); at < range.to(); at = asked.nextMonth(at)) {
            long end = asked.nextMonth(at);
            if (books != null
                    && at >= range.from()
                    && end <= range.to()
                    && books.month(at) == at
                    && books.nextMonth(at) == end) {
                add(Level.MONTH, at, end, BUCKET);
            } else {
                cover(cut(at, end, range), new Segment.Key.Constant(at));
            }
        }
    }

    private void days(Range range) throws BooksException {
        for (long at = asked.day(range.from()); at < range.to(); at = asked.nextDay(at)) {
            long end = asked.nextDay(at);
            if (books != null
                    && at >= range.from()
                    && end <= range.to()
                    && books.day(at) == at
                    && books.nextDay(at) == end) {
                add(Level.DAY, at, end, BUCKET);
            } else {
                cover(cut(at, end, range), new Segment.Key.Constant(at));
            }
        }
    }

    private static Range cut(long from, long to, Range by) {
        return new Range(Math.max(from, by.from()), Math.min(to, by.to()));
    }

    /** Where the clocks are changed in the middle of an hour, what is left of it is a piece of its own. */
    private void hours(Range range) throws BooksException {
        long at = range.from();
        while (at < range.to()) {
            long shift = asked.hourShift(at);
            long end = at;
            do {
                end = asked.nextChange(end, range.to());
            } while (end < range.to() && asked.hourShift(end) == shift);
            Segment.Key key = new Segment.Key.Even(Times.HOUR, shift);
            long changed = asked.lastChange(at);
            long first = Math.max(at, Math.min(end, Times.ceil(changed + shift, Times.HOUR) - shift));
            quarters(new Range(at, first), new Segment.Key.Constant(changed));
            quarters(new Range(first, end), key);
            at = end;
        }
    }

    /** All of {@code range} as one piece: months and days as far as they go, finer sums at its ends. */
    private void cover(Range range, Segment.Key key) throws BooksException {
        if (range.isEmpty()) {
            return;
        }
        if (books == null) {
            quarters(range, key);
            return;
        }
        long first = books.day(range.from()) == range.from() ? range.from() : books.nextDay(range.from());
        long last = books.day(range.to());
        if (first >= last) {
            quarters(range, key);
            return;
        }
        quarters(new Range(range.from(), first), key);
        long month = books.month(first) == first ? first : books.nextMonth(first);
        long behind = books.month(last);
        if (month < behind) {
            add(Level.DAY, first, month, key);
            add(Level.MONTH, month, behind, key);
            add(Level.DAY, behind, last, key);
        } else {
            add(Level.DAY, first, last, key);
        }
        quarters(new Range(last, range.to()), key);
    }

    private void quarters(Range range, Segment.Key key) throws BooksException {
        long first = Times.ceil(range.from(), Times.QUARTER);
        long last = Times.floor(range.to(), Times.QUARTER);
        if (first >= last) {
            minutes(range, key);
            return;
        }
        minutes(new Range(range.from(), first), key);
        add(Level.QUARTER, first, last, key);
        minutes(new Range(last, range.to()), key);
    }

    private void minutes(Range range, Segment.Key key) throws BooksException {
        if (range.isEmpty()) {
            return;
        }
        long kept = Math.max(range.from(), Math.min(range.to(), Times.ceil(state.minutesFrom(), Times.MINUTE)));
        if (range.from() < kept && range.from() < state.recordsFrom()) {
            throw new BooksException("single minutes are kept from "
                    + asked.text(Math.min(
                            Times.ceil(state.minutesFrom(), Times.MINUTE),
                            Times.ceil(state.recordsFrom(), Times.MINUTE)))
                    + " on: ask for a later time, or for one that begins and ends with a quarter of an hour and is"
                    + " not cut into minutes");
        }
        add(null, range.from(), kept, key);
        add(Level.MINUTE, kept, range.to(), key);
    }
}
