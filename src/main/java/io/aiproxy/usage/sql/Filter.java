package io.aiproxy.usage.sql;

import io.aiproxy.usage.Dimension;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which dimensions count, as SQL with values bound, never written into it. */
final class Filter {
    /** What statements ask for that have no row for each group. */
    static final String NO_GROUPS = "";

    /** Of a value: user and key, with a slash between. */
    private static final int LONGEST = 2 * Texts.NAME + 1;

    private final Of of;
    private final List<String> conditions = new ArrayList<>();
    private final List<String> values = new ArrayList<>();

    /** Which of the rows of a dimension count, where it has one for each of its groups. */
    private final StringBuilder rows = new StringBuilder();

    private final List<String> rowValues = new ArrayList<>();

    /** What the rows are of. */
    enum Of {
        /** Statistics: a model is the name under which it counts. */
        SUMS,
        /** Sums, where those may be of records that are wanted: a model's may be among those of a collective name. */
        SUMS_OF_RECORDS,
        /** Records {@code r}: a model is what the record names, whatever it counts under. */
        RECORDS
    }

    /** @param groupAlias of the table of groups, if the statement has one row for each of them; {@link #NO_GROUPS} otherwise */
    Filter(Of of, Map<Dimension, Set<String>> filters, String groupAlias) {
        this.of = of;
        filters.forEach((dimension, wanted) -> add(dimension, wanted, groupAlias));
    }

    private void add(Dimension dimension, Set<String> wanted, String groupAlias) {
        if (wanted.isEmpty()) {
            conditions.add("1 = 0");
            return;
        }
        String in = " IN (" + Statements.marks(wanted.size()) + ")";
        if (dimension == Dimension.MODEL && of == Of.RECORDS) {
            conditions.add("(d.model" + in + " OR d.model = '" + Models.OTHER + "' AND r.model_asked" + in + ")");
            add(wanted);
        } else if (dimension == Dimension.MODEL && of == Of.SUMS_OF_RECORDS) {
            conditions.add("(d.model" + in + " OR d.model = '" + Models.OTHER + "')");
        } else if (dimension != Dimension.GROUP) {
            conditions.add("d." + column(dimension) + in);
        } else {
            conditions.add("d.id IN (SELECT dimension FROM aiproxy_usage_group WHERE name" + in + ")");
        }
        add(wanted);
        if (dimension == Dimension.GROUP && !groupAlias.isEmpty()) { // of its groups only these
            rows.append(" AND ").append(groupAlias).append(".name").append(in);
            rowValues.addAll(wanted);
        }
    }

    private void add(Set<String> wanted) {
        wanted.forEach(value -> values.add(Texts.fit(value, LONGEST)));
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

    /** The same over {@code r.dimension}: the few dimensions are looked through once, and not again for each row. */
    String within() {
        return (conditions.isEmpty()
                        ? ""
                        : " AND r.dimension IN (SELECT d.id FROM aiproxy_usage_dimension d WHERE "
                                + String.join(" AND ", conditions) + ")")
                + rows;
    }

    /** Binds the values of {@link #and} or {@link #within}. */
    void bind(Binder binder) throws SQLException {
        for (String value : values) {
            binder.text(value);
        }
        for (String value : rowValues) {
            binder.text(Texts.fit(value, LONGEST));
        }
    }
}
