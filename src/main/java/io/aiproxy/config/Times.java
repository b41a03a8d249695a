package io.aiproxy.config;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Moments: a timestamp with offset, or a date, which is a day in UTC. */
public final class Times {
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
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException noTimestamp) {
            try {
                LocalDate day = LocalDate.parse(text);
                return Optional.of(
                        day.plusDays(daysBehind).atStartOfDay(ZoneOffset.UTC).toInstant());
            } catch (DateTimeParseException noDate) {
                return Optional.empty();
            }
        }
    }
}
