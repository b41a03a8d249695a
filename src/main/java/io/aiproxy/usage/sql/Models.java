package io.aiproxy.usage.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps callers from filling statistics with names of models that they have made up: each name would be a row of sums in every
 * piece of time, for ever, and make everybody's statistics slow. A user's names have {@value #ASKED} places, and one under which a
 * channel has worked may also have one of {@value #SERVED}. Calls under further ones count under {@link #OTHER}; their records keep
 * what was asked. Names that a provider has told of its own accord always count as they are.
 *
 * <p>Which names have a place stands in the table of dimensions alone, which is never cut: it is the same after a restart and
 * for every instance. Instances that decide at the same moment may each give the last place away. A user and not a key has the
 * places, because whoever may make keys would make places; and nobody takes another user's.
 */
final class Models {
    /** Where all further names count. */
    static final String OTHER = "(other)";

    /** Places for any names. */
    static final int ASKED = 100;

    /** Places, those included, for names under which a channel has worked: more than any provider offers. */
    static final int SERVED = 2_000;

    private static final int CHUNK = 500;

    private Models() {}

    /**
     * What each of these counts as: itself, or the same with {@link #OTHER} as its model.
     *
     * @param claims of facts that are not remembered, in the order in which places are given away
     */
    static Map<Facts, Facts> counted(Connection connection, Map<Facts, Claim> claims) throws SQLException {
        Map<String, Set<String>> names = names(connection, claims);
        Map<Facts, Facts> counted = new LinkedHashMap<>();
        for (Claim claim : List.of(Claim.TOLD, Claim.SERVED, Claim.ASKED)) {
            claims.forEach((facts, of) -> {
                if (of == claim) {
                    counted.put(facts, counted(facts, claim, names));
                }
            });
        }
        return counted;
    }

    private static Facts counted(Facts facts, Claim claim, Map<String, Set<String>> names) {
        Set<String> places = names.computeIfAbsent(facts.user(), user -> new HashSet<>());
        String model = facts.model();
        boolean room =
                switch (claim) {
                    case TOLD -> true;
                    case SERVED -> places.size() < SERVED;
                    case ASKED -> places.size() < ASKED;
                };
        if (model.isEmpty() || model.equals(OTHER) || places.contains(model)) {
            return facts;
        }
        // databases differ on whether blanks at the end make another name
        if (!room || (claim != Claim.TOLD && model.endsWith(" "))) {
            return facts.withModel(OTHER);
        }
        places.add(model);
        return facts;
    }

    /** The names that these users have. */
    private static Map<String, Set<String>> names(Connection connection, Map<Facts, Claim> claims) throws SQLException {
        Set<String> wanted = new HashSet<>();
        claims.forEach((facts, claim) -> {
            if (claim != Claim.TOLD) {
                wanted.add(facts.user());
            }
        });
        List<String> users = new ArrayList<>(wanted);
        Map<String, Set<String>> names = new HashMap<>();
        for (int i = 0; i < users.size(); i += CHUNK) {
            names(connection, users.subList(i, Math.min(users.size(), i + CHUNK)), names);
        }
        return names;
    }

    private static void names(Connection connection, List<String> users, Map<String, Set<String>> names)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(
                "SELECT DISTINCT user_id, model FROM aiproxy_usage_dimension" + " WHERE user_id IN ("
                        + Statements.marks(users.size()) + ") AND model <> ? AND model <> ''")) {
            Binder binder = new Binder(select);
            for (String user : users) {
                binder.text(user);
            }
            binder.text(OTHER);
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    names.computeIfAbsent(rows.getString(1), user -> new HashSet<>())
                            .add(rows.getString(2));
                }
            }
        }
    }
}
