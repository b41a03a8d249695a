package io.aiproxy.usage;

import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/**
 * Times of day as records tell them, {@code 2026-11-21T01:30:00.123Z}: what {@link DateTimeFormatter} and {@link Instant} would
 * make of them, without what these cost, which is several times that of all else of a record. Any thread.
 */
final class Moments {
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
    private static final String SHAPE = "0000-00-00T00:00:00.000Z";
    /** Of the text of a time in the years 1970 to 9999. */
    static final int LENGTH = 24;

    private static final long DAY = 86_400_000;

    /** The year 10000, which has a digit more. */
    private static final long FIVE_DIGITS = 253_402_300_800_000L;

    private Moments() {}

    /** As text. */
    static String text(long millis) {
        return TIME.format(Instant.ofEpochMilli(millis));
    }

    /** Puts the text, {@link #LENGTH} letters of it; or nothing, false, where it needs more. */
    static boolean put(long millis, byte[] to, int at) {
        if (millis < 0 || millis >= FIVE_DIGITS) {
            return false;
        }
        for (int i = 0; i < LENGTH; i++) {
            to[at + i] = (byte) SHAPE.charAt(i);
        }
        LocalDate date = LocalDate.ofEpochDay(millis / DAY);
        int ofDay = (int) (millis % DAY);
        put(to, at, 4, date.getYear());
        put(to, at + 5, 2, date.getMonthValue());
        put(to, at + 8, 2, date.getDayOfMonth());
        put(to, at + 11, 2, ofDay / 3_600_000);
        put(to, at + 14, 2, ofDay / 60_000 % 60);
        put(to, at + 17, 2, ofDay / 1_000 % 60);
        put(to, at + 20, 3, ofDay % 1_000);
        return true;
    }

    private static void put(byte[] to, int from, int digits, int value) {
        int left = value;
        for (int i = from + digits - 1; i >= from; i--) {
            to[i] = (byte) ('0' + left % 10);
            left /= 10;
        }
    }

    /**
     * Milliseconds since 1970.
     *
     * @throws java.time.DateTimeException when these characters are no time
     */
    static long millis(char[] chars, int from, int length) {
        if (!shaped(chars, from, length)) {
            return Instant.parse(new String(chars, from, length)).toEpochMilli();
        }
        int hours = number(chars, from + 11, 2);
        int minutes = number(chars, from + 14, 2);
        int seconds = number(chars, from + 17, 2);
        if (hours > 23 || minutes > 59 || seconds > 59) { // 24:00 and leap seconds are Instant's to judge
            return Instant.parse(new String(chars, from, length)).toEpochMilli();
        }
        LocalDate date = LocalDate.of(number(chars, from, 4), number(chars, from + 5, 2), number(chars, from + 8, 2));
        return date.toEpochDay() * DAY + ((hours * 60L + minutes) * 60 + seconds) * 1_000 + number(chars, from + 20, 3);
    }

    /** Whether digits and signs are where {@link #text} puts them. */
    private static boolean shaped(char[] chars, int from, int length) {
        if (length != SHAPE.length()) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = chars[from + i];
            char wanted = SHAPE.charAt(i);
            if (wanted == '0' ? c < '0' || c > '9' : c != wanted) {
                return false;
            }
        }
        return true;
    }

    private static int number(char[] chars, int from, int digits) {
        int number = 0;
        for (int i = from; i < from + digits; i++) {
            number = number * 10 + chars[i] - '0';
        }
        return number;
    }
}
