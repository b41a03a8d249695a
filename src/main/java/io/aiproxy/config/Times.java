package io.aiproxy.config;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Optional;

/** Moments: a timestamp with offset, or a date, which is a day in UTC. */
public final class Times {
    /** {@code 2027-01-31}. */
    private static final int PLAIN_DATE = 10;

    private static final long SECONDS_OF_A_DAY = 86_400;

    private Times() {}

    /** When something begins: the beginning of a date. Empty after telling what is wrong. */
    static Optional<Instant> begin(Text text) {
        return told(text, moment(text.value(), 0));
    }

    /** When something ends: the end of a date. Empty after telling what is wrong. */
    static Optional<Instant> end(Text text) {
        return told(text, end(text.value()));
    }

    /** When something ends: the end of a date. Empty where the text is neither a date nor a timestamp. */
    public static Optional<Instant> end(String text) {
        return moment(text, 1);
    }

    private static Optional<Instant> told(Text text, Optional<Instant> moment) {
        if (moment.isEmpty()) {
            text.problem(text.shown() + " is not allowed; expected a date such as 2027-01-31 or a timestamp with "
                    + "offset such as 2027-01-31T18:00:00+08:00");
        }
        return moment;
    }

    private static Optional<Instant> moment(String text, int daysBehind) {
        boolean timestamp = text.indexOf('T') >= 0 || text.indexOf('t') >= 0; // ISO 8601: no date has one
        try {
            return Optional.of(
                    timestamp
                            ? OffsetDateTime.parse(text).toInstant()
                            : Instant.ofEpochSecond(
                                    Math.multiplyExact(day(text).toEpochDay() + daysBehind, SECONDS_OF_A_DAY)));
        } catch (DateTimeException | ArithmeticException neither) {
            return Optional.empty();
        }
    }

    /** Ten thousand keys may each have one, so the form in which all are written is read without a formatter. */
    private static LocalDate day(String text) {
        if (text.length() != PLAIN_DATE || text.charAt(4) != '-' || text.charAt(7) != '-') {
            return LocalDate.parse(text);
        }
        int year = number(text, 0, 4);
        int month = number(text, 5, 7);
        int day = number(text, 8, PLAIN_DATE);
        return year < 0 || month < 0 || day < 0 ? LocalDate.parse(text) : LocalDate.of(year, month, day);
    }

    /** A number of decimal digits alone; less than 0 if there is anything else. */
    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
