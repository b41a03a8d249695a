package io.aiproxy.telemetry;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/** Writes times into log lines, in UTC. Remembers the second it wrote last, because most lines share it. One thread. */
final class LineTime {
    private static final int ISO_LENGTH = 19;
    private static final byte[] MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec".getBytes(StandardCharsets.US_ASCII);

    private final byte[] second = new byte[ISO_LENGTH];
    private long cachedSecond = Long.MIN_VALUE;
    private long cachedDay = Long.MIN_VALUE;

    /** Appends e.g. {@code 2026-11-21T01:30:00.123Z} and returns the new end. */
    int iso(long epochMillis, byte[] to, int at) {
        format(Math.floorDiv(epochMillis, 1000L));
        System.arraycopy(second, 0, to, at, ISO_LENGTH);
        int millis = (int) Math.floorMod(epochMillis, 1000L);
        int end = at + ISO_LENGTH;
        to[end] = '.';
        to[end + 1] = (byte) ('0' + millis / 100);
        two(millis % 100, to, end + 2);
        to[end + 4] = 'Z';
        return end + 5;
    }

    /** Appends e.g. {@code 21/Nov/2026:01:30:00 +0000} and returns the new end. */
    int commonLog(long epochMillis, byte[] to, int at) {
        format(Math.floorDiv(epochMillis, 1000L));
        to[at] = second[8];
        to[at + 1] = second[9];
        to[at + 2] = '/';
        int month = (second[5] - '0') * 10 + second[6] - '0';
        System.arraycopy(MONTHS, (month - 1) * 3, to, at + 3, 3);
        to[at + 6] = '/';
        System.arraycopy(second, 0, to, at + 7, 4);
        to[at + 11] = ':';
        System.arraycopy(second, 11, to, at + 12, 8);
        to[at + 20] = ' ';
        to[at + 21] = '+';
        two(0, to, at + 22);
        two(0, to, at + 24);
        return at + 26;
    }

    private void format(long epochSecond) {
        if (epochSecond == cachedSecond) {
            return;
        }
        long day = Math.floorDiv(epochSecond, 86_400L);
        if (day != cachedDay) {
            formatDay(LocalDate.ofEpochDay(day));
            cachedDay = day;
        }
        int ofDay = (int) Math.floorMod(epochSecond, 86_400L);
        second[10] = 'T';
        two(ofDay / 3600, second, 11);
        second[13] = ':';
        two(ofDay / 60 % 60, second, 14);
        second[16] = ':';
        two(ofDay % 60, second, 17);
        cachedSecond = epochSecond;
    }

    private void formatDay(LocalDate day) {
        int year = Math.floorMod(day.getYear(), 10_000);
        two(year / 100, second, 0);
        two(year % 100, second, 2);
        second[4] = '-';
        two(day.getMonthValue(), second, 5);
        second[7] = '-';
        two(day.getDayOfMonth(), second, 8);
    }

    private static void two(int value, byte[] to, int at) {
        to[at] = (byte) ('0' + value / 10);
        to[at + 1] = (byte) ('0' + value % 10);
    }
}
