package io.aiproxy.telemetry;

import java.util.stream.IntStream;

/**
 * Close codes as values of a tag. Whoever closes chooses the code freely from 1000 to 4999: those that RFC 6455, 7.4 and
 * its registry give a meaning stand for themselves, the ranges for libraries and applications are told of as a whole.
 */
final class CloseCodes {
    private static final int FIRST = 1000;
    private static final int LAST = 1015;
    private static final String[] KNOWN =
            IntStream.rangeClosed(FIRST, LAST).mapToObj(Integer::toString).toArray(String[]::new);

    private CloseCodes() {}

    /** The code's value. */
    static String tag(int code) {
        if (code >= FIRST && code <= LAST) {
            return KNOWN[code - FIRST];
        }
        return switch (code / 1000) {
            case 3 -> "3xxx";
            case 4 -> "4xxx";
            default -> Meters.OTHER;
        };
    }
}
