package io.aiproxy.usage;

import java.math.BigDecimal;

/**
 * Decimal numbers counted in their parts: {@code 1.500} with three digits is 1500. What {@link BigDecimal} would make of them,
 * mostly without what that costs. Any thread.
 */
final class Decimals {
    /** So many digits fit into a long, whatever they are. */
    private static final int SAFE = 18;

    private Decimals() {}

    /** As text, whatever it is. */
    static String text(long value, int digits) {
        return BigDecimal.valueOf(value, digits).toPlainString();
    }

    /**
     * The number that these characters are, counted in its parts.
     *
     * @throws ArithmeticException when it is too large or has more digits behind the point
     * @throws NumberFormatException when they are no number
     */
    static long value(char[] chars, int from, int length, int digits) {
        long value = 0;
        int behind = -1;
        boolean plain = length + digits <= SAFE;
        for (int i = from; plain && i < from + length; i++) {
            char c = chars[i];
            if (c == '.' && behind < 0) {
                behind = 0;
            } else {
                plain = c >= '0' && c <= '9';
                value = value * 10 + c - '0';
                behind += behind < 0 ? 0 : 1;
            }
        }
        int zeros = digits - Math.max(0, behind);
        if (!plain || zeros < 0) {
            return new BigDecimal(chars, from, length).movePointRight(digits).longValueExact();
        }
        for (int i = 0; i < zeros; i++) {
            value *= 10;
        }
        return value;
    }
}
