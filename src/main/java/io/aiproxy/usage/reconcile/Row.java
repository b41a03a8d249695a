package io.aiproxy.usage.reconcile;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A row of an invoice by the names of its columns. */
final class Row {
    private static final Pattern DATE = Pattern.compile("(\\d{4})[-/.年]?(\\d{1,2})[-/.月]?(\\d{1,2})日?(?:[T ].*)?");
    private static final Pattern EPOCH = Pattern.compile("\\d{10}(\\d{3})?");
    private static final Pattern OFFSET = Pattern.compile(".*T.*([Zz]|[+-]\\d{2}:?\\d{2})");
    /** Thousands, symbols of currencies, and what keeps spreadsheets from taking a number for one. */
    private static final Pattern DECORATION = Pattern.compile("[,\\s¥￥$€'`\"]");

    private final Map<String, Integer> columns;
    private final List<String> cells;

    /**
     * @param columns indexes by {@link #name}
     * @param cells of the row
     */
    Row(Map<String, Integer> columns, List<String> cells) {
        this.columns = columns;
        this.cells = cells;
    }

    /** A row cannot be read; told with its line. */
    static final class Bad extends Exception {
        private static final long serialVersionUID = 1;

        Bad(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * A column's name as it is looked for: in lower case, without a group before a slash, notes in parentheses, spaces and
     * underscores. {@code 应付信息/应付金额（含税）} is {@code 应付金额}, {@code Instance ID} is {@code instanceid}.
     */
    static String name(String raw) {
        String last = raw.strip().substring(raw.strip().lastIndexOf('/') + 1);
        return last.replaceAll("[(（].*?[)）]", "")
                .replaceAll("[\\s_\uFEFF'`]", "")
                .toLowerCase(Locale.ROOT);
    }

    /** The text in the first of these columns that is there; empty where none is. */
    String text(String... names) {
        for (String wanted : names) {
            Integer at = columns.get(name(wanted));
            if (at != null && at < cells.size()) {
                String text = cells.get(at).strip();
                return text.startsWith("`") || text.startsWith("'")
                        ? text.substring(1).strip()
                        : text;
            }
        }
        return "";
    }

    /** The number in a column; 0 where it is empty. */
    BigDecimal number(String... names) throws Bad {
        String text = text(names);
        String plain = DECORATION.matcher(text).replaceAll("");
        if (plain.isEmpty() || plain.equals("-")) {
            return BigDecimal.ZERO;
        }
        try {
            BigDecimal number = new BigDecimal(plain);
            if (number.precision() - number.scale() > 30 || number.scale() > 60) {
                throw new Bad("\"" + text + "\" in column " + names[0] + " is too large a number");
            }
            return number;
        } catch (NumberFormatException e) {
            throw new Bad("\"" + text + "\" in column " + names[0] + " is no number");
        }
    }

    /** The day in a column: a date, a time, or seconds or milliseconds since 1970. */
    LocalDate day(ZoneId zone, String... names) throws Bad {
        String text = text(names);
        try {
            if (EPOCH.matcher(text).matches()) {
                long number = Long.parseLong(text);
                return (text.length() > 10 ? Instant.ofEpochMilli(number) : Instant.ofEpochSecond(number))
                        .atZone(zone)
                        .toLocalDate();
            }
            if (OFFSET.matcher(text).matches()) {
                return OffsetDateTime.parse(text.replace('z', 'Z'))
                        .atZoneSameInstant(zone)
                        .toLocalDate();
            }
            Matcher matcher = DATE.matcher(text);
            if (matcher.matches()) {
                return LocalDate.of(
                        Integer.parseInt(matcher.group(1)),
                        Integer.parseInt(matcher.group(2)),
                        Integer.parseInt(matcher.group(3)));
            }
        } catch (DateTimeException e) {
            // told below
        }
        throw new Bad(
                text.isEmpty()
                        ? "there is no date in column " + names[0]
                        : "\"" + text + "\" in column " + names[0] + " is no date such as 2026-11-30");
    }

    /** Whether a column is there. */
    boolean has(String column) {
        return columns.containsKey(name(column));
    }
}
