package io.aiproxy.usage.reconcile;

import io.aiproxy.usage.reconcile.Row.Bad;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How numbers and dates are written in an invoice.
 *
 * @param decimalComma {@code 1.234,56} instead of {@code 1,234.56}
 * @param dayFirst {@code 30/11/2026} instead of {@code 11/30/2026}; with dots the day is first in any case
 */
record Notation(boolean decimalComma, boolean dayFirst) {
    /** What machines write. */
    static final Notation USUAL = new Notation(false, false);

    /** With slashes or dashes: day and month can only be told apart by numbers above 12. */
    static final Pattern SLASHES = Pattern.compile("(\\d{1,2})([/-])(\\d{1,2})\\2(\\d{4})(?:[T ].*)?");

    private static final Pattern DOTS = Pattern.compile("(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4})(?:[T ].*)?");
    private static final Pattern DATE = Pattern.compile("(\\d{4})[-/.年]?(\\d{1,2})[-/.月]?(\\d{1,2})日?(?:[T ].*)?");
    private static final Pattern EPOCH = Pattern.compile("\\d{10}(\\d{3})?");
    private static final Pattern OFFSET = Pattern.compile(
            "(\\d{4}-\\d{2}-\\d{2})[T ](\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?) ?([Zz]|UTC|[+-]\\d{2}:?\\d{2})");

    /** Blanks, also those that do not break, symbols of currencies, and what keeps spreadsheets from taking a number for one. */
    private static final Pattern DECORATION = Pattern.compile("[\\s\\p{Z}\\p{Sc}'’`\"]");

    private static final Pattern CURRENCY =
            Pattern.compile("^[A-Za-z]{2,3}(?=[-\\d.,(])|(?<=[\\d.,)])(?:[A-Za-z]{3}|元)$");
    private static final Pattern BRACKETS = Pattern.compile("\\((.*)\\)");
    private static final String GROUPS = "[-+]?\\d{1,3}(?:%1$s\\d{2,3})*%1$s\\d{3}(?:%2$s\\d*)?";
    private static final Pattern COMMAS = Pattern.compile(String.format(Locale.ROOT, GROUPS, ",", "\\."));
    private static final Pattern POINTS = Pattern.compile(String.format(Locale.ROOT, GROUPS, "\\.", ","));
    private static final int MOST_DIGITS = 30;
    private static final int MOST_DECIMALS = 60;

    /** A number without what is only for people; with its signs for thousands and decimals. */
    static String bare(String text) {
        String bare = DECORATION.matcher(text).replaceAll("").replace('−', '-');
        bare = CURRENCY.matcher(bare).replaceAll("");
        Matcher brackets = BRACKETS.matcher(bare);
        return brackets.matches() ? "-" + CURRENCY.matcher(brackets.group(1)).replaceAll("") : bare;
    }

    /** A number; 0 of nothing. */
    BigDecimal number(String text, String column) throws Bad {
        String bare = bare(text);
        if (bare.isEmpty() || bare.equals("-")) {
            return BigDecimal.ZERO;
        }
        char thousands = decimalComma ? '.' : ',';
        boolean grouped = bare.indexOf(thousands) >= 0;
        if (grouped && !(decimalComma ? POINTS : COMMAS).matcher(bare).matches()) {
            throw new Bad("\"" + text + "\" in column " + column + " is no number with "
                    + (decimalComma ? "a comma" : "a point")
                    + " before its decimals; with --columns you can say decimal="
                    + (decimalComma ? "point" : "comma"));
        }
        String plain = bare.replace(String.valueOf(thousands), "").replace(',', '.');
        try {
            BigDecimal number = new BigDecimal(plain);
            if (number.precision() - number.scale() > MOST_DIGITS || number.scale() > MOST_DECIMALS) {
                throw new Bad("\"" + text + "\" in column " + column + " is too large a number");
            }
            return number;
        } catch (NumberFormatException e) {
            throw new Bad("\"" + text + "\" in column " + column + " is no number");
        }
    }

    /** The day of a date, of a time, or of seconds or milliseconds since 1970. */
    LocalDate day(String text, String column, ZoneId zone) throws Bad {
        try {
            LocalDate day = known(text, zone);
            if (day != null) {
                return day;
            }
        } catch (DateTimeException e) {
            // told below
        }
        throw new Bad(
                text.isEmpty()
                        ? "there is no date in column " + column
                        : "\"" + text + "\" in column " + column + " is no date such as 2026-11-30");
    }

    private @Nullable LocalDate known(String text, ZoneId zone) {
        if (EPOCH.matcher(text).matches()) {
            long number = Long.parseLong(text);
            Instant at = text.length() > 10 ? Instant.ofEpochMilli(number) : Instant.ofEpochSecond(number);
            return at.atZone(zone).toLocalDate();
        }
        Matcher offset = OFFSET.matcher(text);
        if (offset.matches()) {
            ZoneOffset of =
                    ZoneOffset.of(offset.group(3).toUpperCase(Locale.ROOT).replace("UTC", "Z"));
            return LocalDateTime.parse(offset.group(1) + "T" + offset.group(2))
                    .atOffset(of)
                    .atZoneSameInstant(zone)
                    .toLocalDate();
        }
        Matcher date = DATE.matcher(text);
        if (date.matches()) {
            return date(date.group(1), date.group(2), date.group(3));
        }
        Matcher dots = DOTS.matcher(text);
        if (dots.matches()) {
            return date(dots.group(3), dots.group(2), dots.group(1));
        }
        Matcher slashes = SLASHES.matcher(text);
        if (slashes.matches()) {
            String first = slashes.group(1);
            String second = slashes.group(3);
            return date(slashes.group(4), dayFirst ? second : first, dayFirst ? first : second);
        }
        return null;
    }

    private static LocalDate date(String year, String month, String day) {
        return LocalDate.of(Integer.parseInt(year), Integer.parseInt(month), Integer.parseInt(day));
    }
}
