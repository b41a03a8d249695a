package io.aiproxy.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations ({@code 200ms, 30s, 5m, 1h, 7d}; bare: seconds) and sizes ({@code 64MiB, 10MB}; bare: bytes). */
public final class Units {
    static final String DURATION_HINT =
            "expected a number with unit ms, s, m, h or d, e.g. 30s; a bare number is seconds";
    static final String SIZE_HINT =
            "expected a number with unit B, KiB, MiB, GiB, KB, MB or GB, e.g. 64MiB; a bare number is bytes";

    /** More than this is a slip of the pen, and would overflow nanoseconds in a long at 292 years. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?) ?([A-Za-z]*)");
    private static final Map<String, Long> NANOS = Map.of(
            "", 1_000_000_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L,
            "d", 86_400_000_000_000L);
    private static final Map<String, Long> BYTES = Map.of(
            "", 1L,
            "b", 1L,
            "kb", 1_000L,
            "mb", 1_000_000L,
            "gb", 1_000_000_000L,
            "kib", 1L << 10,
            "mib", 1L << 20,
            "gib", 1L << 30);

    private Units() {}

    /** The duration, or empty if the text is none, negative ones and those beyond a hundred years included. */
    public static Optional<Duration> duration(String text) {
        return amount(text, NANOS)
                .filter(nanos -> nanos.compareTo(BigDecimal.valueOf(LONGEST.toNanos())) <= 0)
                .map(nanos -> Duration.ofNanos(nanos.longValue()));
    }

    /** The size in bytes, or empty if the text is none or does not fit. */
    static Optional<Long> size(String text) {
        return amount(text, BYTES)
                .filter(bytes -> bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0)
                .map(BigDecimal::longValue);
    }

    private static Optional<BigDecimal> amount(String text, Map<String, Long> units) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Long factor = units.get(matcher.group(2).toLowerCase(Locale.ROOT));
        return factor == null
                ? Optional.empty()
                : Optional.of(new BigDecimal(matcher.group(1))
                        .multiply(BigDecimal.valueOf(factor))
                        .setScale(0, RoundingMode.HALF_UP));
    }
}
