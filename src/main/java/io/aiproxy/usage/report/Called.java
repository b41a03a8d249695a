package io.aiproxy.usage.report;

import io.aiproxy.usage.Dimension;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What the values of a dimension are called on pages for people: by name; by id where there is no name, and by both where
 * the name alone could mean another one.
 */
final class Called {
    private final ReportQuery query;
    private final Dimension dimension;
    private final Set<String> ambiguous = new HashSet<>();

    /** @param entries with the values of this dimension alone */
    Called(ReportQuery query, Dimension dimension, List<Entry> entries) {
        this.query = query;
        this.dimension = dimension;
        Set<String> taken = new HashSet<>();
        for (Entry entry : entries) {
            String id = Clean.text(entry.values().get(0));
            String name = name(query, dimension, entry.values().get(0));
            if (!taken.add(id)) {
                ambiguous.add(id);
            }
            if (!name.isEmpty() && !name.equals(id) && !taken.add(name)) {
                ambiguous.add(name);
            }
        }
    }

    /** The value of a row. */
    String of(Entry entry) {
        String id = entry.values().get(0);
        if (id.isEmpty()) {
            return Label.NOBODY.in(query.language());
        }
        String name = name(query, dimension, id);
        if (name.isEmpty()) {
            return Clean.text(id);
        }
        return ambiguous.contains(name) ? both(name, id) : name;
    }

    /** A value by itself, so that it is found in the configuration as well. */
    static String full(ReportQuery query, Dimension dimension, String id) {
        String name = name(query, dimension, id);
        return name.isEmpty() ? Clean.text(id) : both(name, id);
    }

    private static String both(String name, String id) {
        String cleaned = Clean.text(id);
        return name.equals(cleaned) ? name : name + " (" + cleaned + ")";
    }

    private static String name(ReportQuery query, Dimension dimension, String id) {
        return Clean.text(query.names().name(dimension, id)).strip();
    }
}
