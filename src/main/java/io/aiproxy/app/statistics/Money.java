package io.aiproxy.app.statistics;

import java.math.BigDecimal;

/** Amounts as exact decimals: no number of JSON's or a spreadsheet's would keep them. */
final class Money {
    private static final int SCALE = 9;

    private Money() {}

    /** Billionths as a decimal without needless zeros: {@code 0.00125}. */
    static String text(long billionths) {
        BigDecimal amount = BigDecimal.valueOf(billionths, SCALE).stripTrailingZeros();
        return amount.toPlainString();
    }
}
