package io.aiproxy.usage.sql;

import io.aiproxy.usage.Dimension;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which dimensions count, as SQL over {@code d} with values bound, never written into it. */
final class Filter {
    private final List<String> conditions = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    /** @param groupAlias of the table of groups, if the statement has one row for each of them; empty otherwise */
    Filter(Map<Dimension, Set<String>> filters, String groupAlias) {
        filters.forEach((dimension, wanted) -> add(dimension, wanted, groupAlias));
    }

    private void add(Dimension dimension, Set<String> wanted, String groupAlias) {
        if (wanted.isEmpty()) {
            conditions.add("1 = 0");
            return;
        }
        String in = " IN (" + Statements.marks(wanted.size()) + ")";
        if (dimension != Dimension.GROUP) {
            conditions.add("d." + column(dimension) + in);
        } else if (groupAlias.isEmpty()) {
            conditions.add("d.id IN (SELECT dimension FROM aiproxy_usage_group WHERE name" + in + ")");
        } else {
            conditions.add(groupAlias + ".name" + in);
        }
        wanted.forEach(value -> values.add(Texts.fit(value, 2 * Texts.NAME + 1)));
    }

    /** The column of a dimension that has one of its own. */
    static String column(Dimension dimension) {
        return switch (dimension) {
            case USER -> "user_id";
            case KEY -> "user_key";
            case GROUP -> "user_groups";
            case CHANNEL -> "channel";
            case MODEL -> "model";
            case DIALECT -> "dialect";
            case OPERATION -> "operation";
            case ENDING -> "ending";
            case FAILURE -> "failure";
            case CURRENCY -> "currency";
        };
    }

    boolean isEmpty() {
        return conditions.isEmpty();
    }

    /** Behind other conditions, with {@code AND} before each. */
    String and() {
        StringBuilder and = new StringBuilder();
        conditions.forEach(condition -> and.append(" AND ").append(condition));
        return and.toString();
    }

    void bind(Binder binder) throws SQLException {
        for (String value : values) {
            binder.text(value);
        }
    }
}
