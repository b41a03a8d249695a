package io.aiproxy.config;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Moments: a timestamp with offset, or a date, which is a day in UTC. */
final class Times {
    private Times() {}

    /** When something begins: the beginning of a date. Empty after telling what is wrong. */
    static Optional<Instant> begin(Text text) {
        return moment(text, 0);
    }

    /** When something ends: the end of a date. Empty after telling what is wrong. */
    static Optional<Instant> end(Text text) {
        return moment(text, 1);
    }

    private static Optional<Instant> moment(Text text, int daysBehind) {
        try {
            return Optional.of(OffsetDateTime.parse(text.value()).toInstant());
        } catch (DateTimeParseException noTimestamp) {
            try {
                LocalDate day = LocalDate.parse(text.value());
                return Optional.of(
                        day.plusDays(daysBehind).atStartOfDay(ZoneOffset.UTC).toInstant());
            } catch (DateTimeParseException noDate) {
                text.problem(text.shown() + " is not allowed; expected a date such as 2027-01-31 or a timestamp with "
                        + "offset such as 2027-01-31T18:00:00+08:00");
                return Optional.empty();
            }
        }
    }
}
