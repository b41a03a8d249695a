package io.aiproxy.usage.report;

import java.math.BigDecimal;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;

/** Numbers for people. */
final class Shown {
    private static final double WAN = 1e4;
    private static final double YI = 1e8;

    private Shown() {}

    /** {@code 1,234,567}. */
    static String whole(long number) {
        return format("#,##0", BigDecimal.valueOf(number));
    }

    /** {@code 97.5 %} of a share between 0 and 1. */
    static String percent(double share) {
        // what is not all of it must not be rounded up to all of it
        double shown = share < 1 ? Math.min(share, 0.9999) : share;
        boolean near = shown > 0.999 && shown < 1;
        boolean little = shown > 0 && shown < 0.001;
        return format(near || little ? "0.00" : "0.0", shown * 100) + " %";
    }

    /** {@code 1.23 s} of microseconds. */
    static String seconds(long micros) {
        return format("0.00", micros / 1e6) + " s";
    }

    /** In three digits or so: {@code 1.2M}, {@code 123万}. */
    static String brief(double number, Language language) {
        if (language == Language.CHINESE) {
            return number >= YI
                    ? digits(number / YI) + "亿"
                    : number >= WAN ? digits(number / WAN) + "万" : digits(number);
        }
        if (number >= 1e9) {
            return digits(number / 1e9) + "B";
        }
        if (number >= 1e6) {
            return digits(number / 1e6) + "M";
        }
        return number >= 1e3 ? digits(number / 1e3) + "K" : digits(number);
    }

    private static String digits(double number) {
        return format(number == 0 || number >= 100 ? "#,##0" : number >= 1 ? "0.##" : "0.####", number);
    }

    private static String format(String pattern, Number number) {
        return new DecimalFormat(pattern, DecimalFormatSymbols.getInstance(Locale.ROOT)).format(number);
    }
}
