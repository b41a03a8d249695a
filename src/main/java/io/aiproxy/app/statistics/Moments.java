package io.aiproxy.app.statistics;

import io.aiproxy.admin.UsageDesk.Declined;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Moments as people and programs write them: ISO 8601 with or without an offset, a date, seconds or milliseconds since 1970.
 * What has no offset is meant in the question's time zone; a date that ends something includes its day.
 */
final class Moments {
    private static final String EXPECTED =
            "a date (2027-01-31), a time (2027-01-31T18:00:00, with Z or an offset such as"
                    + " +08:00 if it is not in time_zone), or seconds or milliseconds since 1970";
    private static final Pattern NUMBER = Pattern.compile("\\d{9,13}");
    /** Seconds have ten digits until 2286, milliseconds thirteen and had twelve until 2001. */
    private static final int DIGITS_OF_SECONDS = 10;

    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private Moments() {}

    static ZoneId zone(Asked asked, ZoneId fallback) throws Declined {
        Optional<String> text = asked.text("time_zone");
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            return ZoneId.of(offset(text.get()));
        } catch (DateTimeException e) {
            throw Asked.malformed("time_zone", "the name of a zone (Asia/Shanghai, UTC) or an offset (+08:00)");
        }
    }

    static Optional<Instant> begin(Asked asked, String name, ZoneId zone) throws Declined {
        return moment(asked, name, zone, 0);
    }

    static Optional<Instant> end(Asked asked, String name, ZoneId zone) throws Declined {
        return moment(asked, name, zone, 1);
    }

    private static Optional<Instant> moment(Asked asked, String name, ZoneId zone, int daysBehind) throws Declined {
        Optional<String> text = asked.text(name);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Instant moment = read(text.get(), zone, daysBehind);
        if (moment == null || moment.isBefore(Instant.EPOCH) || moment.isAfter(LATEST)) {
            throw Asked.malformed(name, EXPECTED);
        }
        return Optional.of(moment);
    }

    private static @Nullable Instant read(String text, ZoneId zone, int daysBehind) {
        if (NUMBER.matcher(text).matches()) {
            long number = Long.parseLong(text);
            return text.length() <= DIGITS_OF_SECONDS ? Instant.ofEpochSecond(number) : Instant.ofEpochMilli(number);
        }
        try {
            if (text.length() == 10) {
                return LocalDate.parse(text)
                        .plusDays(daysBehind)
                        .atStartOfDay(zone)
                        .toInstant();
            }
            String iso = iso(text);
            return iso.endsWith("Z") || iso.lastIndexOf('+') > 0 || iso.lastIndexOf('-') > 9
                    ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).atZone(zone).toInstant();
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** A blank may stand between date and time, and where a plus was sent that nobody has encoded. */
    private static String iso(String text) {
        return text.length() > 11 && text.charAt(10) == ' '
                ? text.substring(0, 10) + 'T' + offset(text.substring(11))
                : offset(text);
    }

    private static String offset(String text) {
        return text.replace(' ', '+');
    }
}
