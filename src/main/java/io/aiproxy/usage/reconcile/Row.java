package io.aiproxy.usage.reconcile;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** A row of an invoice by the names of its columns. */
final class Row {
    private static final Set<String> TOTALS =
            Set.of("total", "totals", "grandtotal", "subtotal", "sum", "合计", "总计", "小计", "总额", "summe", "gesamt");

    private final Map<String, Integer> columns;
    private final List<String> cells;
    private final Notation notation;

    /**
     * @param columns indexes by {@link #name}
     * @param cells of the row
     * @param notation of its numbers and dates
     */
    Row(Map<String, Integer> columns, List<String> cells, Notation notation) {
        this.columns = columns;
        this.cells = cells;
        this.notation = notation;
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
        return notation.number(text(names), names[0]);
    }

    /** The day in a column: a date, a time, or seconds or milliseconds since 1970. */
    LocalDate day(ZoneId zone, String... names) throws Bad {
        return notation.day(text(names), names[0], zone);
    }

    /** Whether there is nothing in it. */
    boolean isBlank() {
        return cells.stream().allMatch(String::isBlank);
    }

    /** Whether its first text says that it sums up others. */
    boolean isTotal() {
        return cells.stream()
                .filter(cell -> !cell.isBlank())
                .findFirst()
                .filter(cell -> TOTALS.contains(name(cell).replaceAll("[:：]", "")))
                .isPresent();
    }

    /** Whether a column is there. */
    boolean has(String column) {
        return columns.containsKey(name(column));
    }
}
