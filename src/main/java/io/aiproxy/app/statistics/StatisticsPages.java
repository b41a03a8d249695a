package io.aiproxy.app.statistics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.admin.UsageDesk.Topic;
import io.aiproxy.core.Usage;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsRow.Sums;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** {@code statistics/…}: sums by time and by whatever one likes. */
final class StatisticsPages {
    private static final int STANDARD = 1000;
    private static final int MOST = 10_000;
    private static final int MOST_TOP = 100;
    private static final int MOST_DIMENSIONS = 4;
    private static final Row NOTHING = new Row(
            new Row.Key(0, List.of()),
            new Sums(0, 0, 0, 0, 0, 0, Usage.NONE, 0, 0, 0),
            new TreeMap<>(),
            Optional.empty(),
            Optional.empty());

    private StatisticsPages() {}

    /** The parameters of every question for sums. */
    static List<String> parameters() {
        List<String> all = new ArrayList<>(List.of("by", "latency", "sort", "top"));
        all.addAll(Span.PARAMETERS);
        all.addAll(Filters.PARAMETERS);
        return all;
    }

    /** What the rows of a topic are grouped by. */
    static List<Dimension> dimensions(Topic topic) {
        return switch (topic) {
            case USERS -> List.of(Dimension.USER);
            case CHANNELS -> List.of(Dimension.CHANNEL);
            case MODELS -> List.of(Dimension.MODEL);
            case OPERATIONS -> List.of(Dimension.DIALECT, Dimension.OPERATION);
            case GROUPS -> List.of(Dimension.GROUP);
            case ERRORS -> List.of(Dimension.ENDING, Dimension.FAILURE);
            case KEYS -> List.of(Dimension.KEY);
            default -> List.of();
        };
    }

    /** A page of a topic's rows. */
    static ObjectNode page(Topic topic, Asked asked, Open open) throws Declined, BooksException {
        List<String> known = parameters();
        known.addAll(List.of("limit", "offset"));
        asked.only(known);
        int limit = asked.integer("limit", 1, MOST, STANDARD);
        int offset = asked.integer("offset", 0, Integer.MAX_VALUE - MOST, 0);
        Sheet sheet = sheet(topic, asked, open);
        List<Row> rows = rows(topic, asked, sheet, open);
        int from = Math.min(offset, rows.size());
        int to = Math.min(from + limit, rows.size());
        ObjectNode page = document(sheet, open);
        page.set("rows", new View(sheet, open.names()).rows(rows.subList(from, to)));
        page.put("total_rows", rows.size()).put("limit", limit).put("offset", offset);
        if (to < rows.size()) {
            page.put("next", asked.again(pinned(sheet.span(), "offset", Integer.toString(to))));
        }
        return page;
    }

    /** The same time again, although now will be later. */
    static Map<String, String> pinned(Span span, String name, String value) {
        Map<String, String> changed = new TreeMap<>();
        changed.put("start_time", Long.toString(span.from().toEpochMilli()));
        changed.put("end_time", Long.toString(span.to().toEpochMilli()));
        changed.put(name, value);
        return changed;
    }

    /** Everything of an answer but its rows. */
    static ObjectNode document(Sheet sheet, Open open) throws Declined, BooksException {
        ObjectNode page = View.object();
        sheet.span().tell(page);
        ArrayNode by = page.putArray("by");
        sheet.by().forEach(dimension -> by.add(Filters.word(dimension)));
        ObjectNode filters = page.putObject("filters");
        sheet.filters().forEach((dimension, values) -> {
            ArrayNode list = filters.putArray(Filters.word(dimension));
            values.forEach(list::add);
        });
        page.set("totals", totals(sheet, open));
        return page;
    }

    private static ObjectNode totals(Sheet sheet, Open open) throws Declined, BooksException {
        Sheet total = sheet.total();
        List<Row> found = total.rows(open.books());
        return new View(total, open.names()).row(found.isEmpty() ? NOTHING : found.get(0));
    }

    static Sheet sheet(Topic topic, Asked asked, Open open) throws Declined {
        Span span = Span.of(asked, open.defaults(Granularity.TOTAL));
        Set<Dimension> by = new LinkedHashSet<>(dimensions(topic));
        for (String value : asked.values("by")) {
            for (String word : value.split(",", -1)) {
                by.add(dimension(word));
            }
        }
        if (by.size() > MOST_DIMENSIONS) {
            throw Asked.malformed("by", "at most " + MOST_DIMENSIONS + " dimensions in all");
        }
        return new Sheet(span, List.copyOf(by), Filters.of(asked), asked.flag("latency"));
    }

    private static Dimension dimension(String word) throws Declined {
        if (!Filters.PARAMETERS.contains(word)) {
            throw Asked.malformed(
                    "by", "some of these, with commas between them: " + String.join(", ", Filters.PARAMETERS));
        }
        return Dimension.valueOf(word.toUpperCase(Locale.ROOT));
    }

    /** All rows in the order that is asked for, by time first. */
    static List<Row> rows(Topic topic, Asked asked, Sheet sheet, Open open) throws Declined, BooksException {
        Comparator<Row> order = Order.of(asked, sheet.by(), sheet.latencies());
        int top = asked.integer("top", 1, MOST_TOP, 0);
        Set<List<String>> largest = new HashSet<>();
        Sheet asking = sheet;
        if (top > 0) {
            List<Row> whole = relevant(topic, sheet.whole().rows(open.books()));
            whole.sort(order);
            whole.stream().limit(top).forEach(row -> largest.add(row.key().values()));
            asking = sheet.filtered(narrowed(sheet, largest));
        }
        List<Row> rows = top > 0 && largest.isEmpty() ? new ArrayList<>() : asking.rows(open.books());
        List<Row> kept = relevant(topic, rows);
        if (top > 0) {
            kept.removeIf(row -> !largest.contains(row.key().values()));
        }
        Comparator<Row> byTime = Comparator.comparingLong(row -> row.key().time());
        kept.sort(sheet.span().granularity() == Granularity.TOTAL ? order : byTime.thenComparing(order));
        return kept;
    }

    /** Among errors there is nothing that went well. */
    private static List<Row> relevant(Topic topic, List<Row> rows) {
        if (topic == Topic.ERRORS) {
            rows.removeIf(row -> row.sums().requests() == row.sums().successful());
        }
        return rows;
    }

    private static Map<Dimension, Set<String>> narrowed(Sheet sheet, Set<List<String>> largest) {
        Map<Dimension, Set<String>> filters = new EnumMap<>(Dimension.class);
        filters.putAll(sheet.filters());
        for (int i = 0; i < sheet.by().size(); i++) {
            Set<String> values = new LinkedHashSet<>();
            for (List<String> one : largest) {
                values.add(one.get(i));
            }
            filters.put(sheet.by().get(i), values);
        }
        return filters;
    }
}
