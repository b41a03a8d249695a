package io.aiproxy.usage.reconcile;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks through a file for how its numbers and dates are written: many of them can be read in one way only. */
final class Evidence {
    private static final Pattern COMMA = Pattern.compile(
            "[-+]?(?:\\d+,(?:\\d{1,2}|\\d{4,})|0+,\\d+|\\d{1,3}(?:\\.\\d{3})+,\\d*|\\d{1,3}(?:\\.\\d{3}){2,})");
    private static final Pattern POINT = Pattern.compile(
            "[-+]?(?:\\d*\\.(?:\\d{1,2}|\\d{4,})|0+\\.\\d+|\\d{1,3}(?:,\\d{3})+\\.\\d*|\\d{1,3}(?:,\\d{3}){2,})");
    private static final int MONTHS = 12;

    private boolean comma;
    private boolean point;
    private boolean dayFirst;
    private boolean monthFirst;
    private String unclear = "";

    void number(String text) {
        String bare = Notation.bare(text);
        comma |= COMMA.matcher(bare).matches();
        point |= POINT.matcher(bare).matches();
    }

    void date(String text) {
        Matcher slashes = Notation.SLASHES.matcher(text);
        if (slashes.matches()) {
            boolean day = Integer.parseInt(slashes.group(1)) > MONTHS;
            boolean month = Integer.parseInt(slashes.group(3)) > MONTHS;
            dayFirst |= day;
            monthFirst |= month;
            if (!day && !month && !slashes.group(1).equals(slashes.group(3))) {
                unclear = text;
            }
        }
    }

    /**
     * What was found, where nobody has said.
     *
     * @throws InvoiceException when dates can be read in two ways
     */
    Notation notation(Optional<Boolean> decimalComma, Optional<Boolean> saidDayFirst) throws InvoiceException {
        if (saidDayFirst.isEmpty() && !unclear.isEmpty() && dayFirst == monthFirst) {
            throw new InvoiceException("dates such as \"" + unclear
                    + "\" can be read in two ways; say dates=day-first or" + " dates=month-first in --columns");
        }
        return new Notation(decimalComma.orElse(comma && !point), saidDayFirst.orElse(dayFirst));
    }
}
