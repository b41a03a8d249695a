package io.aiproxy.usage.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Amounts, which the books keep in billionths. */
public final class Money {
    /** Digits behind the point. */
    public static final int SCALE = 9;

    private Money() {}

    /** The exact amount, without zeros at its end. */
    public static BigDecimal exact(long billionths) {
        BigDecimal amount = BigDecimal.valueOf(billionths, SCALE).stripTrailingZeros();
        return amount.scale() < 0 ? amount.setScale(0) : amount;
    }

    /** For people: two digits behind the point, four where the amount is less than one. */
    public static String shown(long billionths) {
        BigDecimal amount = BigDecimal.valueOf(billionths, SCALE);
        boolean small = amount.signum() != 0 && amount.abs().compareTo(BigDecimal.ONE) < 0;
        DecimalFormat format =
                new DecimalFormat(small ? "#,##0.0000" : "#,##0.00", DecimalFormatSymbols.getInstance(Locale.ROOT));
        format.setRoundingMode(RoundingMode.HALF_UP);
        return format.format(amount);
    }
}
