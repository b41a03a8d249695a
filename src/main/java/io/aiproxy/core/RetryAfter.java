package io.aiproxy.core;

import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * When a server says that a request may be sent again. The headers in milliseconds are OpenAI's and Azure's and finer
 * than {@code Retry-After} (RFC 9110, 10.2.3), which some providers send with a fraction; so they are looked at first, as
 * the providers' own SDKs do.
 */
public final class RetryAfter {
    /** Nothing was said. */
    public static final long UNKNOWN = -1;

    /** Whoever says more than a day means "not now"; the bound keeps arithmetic in nanoseconds from overflowing. */
    private static final double LONGEST_MILLIS = TimeUnit.DAYS.toMillis(1);

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withLocale(Locale.ROOT);

    private RetryAfter() {}

    /** Nanoseconds to wait from now on, or {@link #UNKNOWN}. */
    public static long nanos(Headers headers, long nowMillis) {
        long nanos = number(headers.get("retry-after-ms"), 1);
        if (nanos == UNKNOWN) {
            nanos = number(headers.get("x-ms-retry-after-ms"), 1);
        }
        String value = headers.get("retry-after");
        if (nanos == UNKNOWN) {
            nanos = number(value, 1000);
        }
        return nanos == UNKNOWN && value != null ? date(value.strip(), nowMillis) : nanos;
    }

    private static long number(@Nullable String text, int millisPerUnit) {
        String value = text == null ? "" : text.strip();
        if (value.isEmpty() || value.length() > 20) {
            return UNKNOWN;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < '0' || c > '9') && c != '.') {
                return UNKNOWN; // a date, or something that the JDK's parser would take for a number, such as "1e9d"
            }
        }
        try {
            return nanos(Double.parseDouble(value) * millisPerUnit);
        } catch (NumberFormatException e) {
            return UNKNOWN;
        }
    }

    private static long date(String value, long nowMillis) {
        try {
            Instant when = ZonedDateTime.parse(value, HTTP_DATE).toInstant();
            return nanos(Math.max(0.0, (double) when.toEpochMilli() - nowMillis));
        } catch (DateTimeParseException e) {
            return UNKNOWN;
        }
    }

    private static long nanos(double millis) {
        return (long) (Math.min(millis, LONGEST_MILLIS) * 1_000_000);
    }
}
