package io.aiproxy.usage.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The small numbers of facts; those used last are remembered. For one thread at a time. */
final class Dimensions {
    private static final int REMEMBERED = 100_000;
    private static final int CHUNK = 500;

    /** Somebody else has inserted it, and is not seen in this transaction yet: serialization failure. */
    private static final String MET = "40001";

    private final Statements sql;
    private final Map<Facts, Integer> known = new LinkedHashMap<>(1024, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Facts, Integer> eldest) {
            return size() > REMEMBERED;
        }
    };

    Dimensions(Statements sql) {
        this.sql = sql;
    }

    /** What was remembered may not be true any more. */
    void forget() {
        known.clear();
    }

    /**
     * Where facts count.
     *
     * @param id the small number
     * @param model the name under which their model counts, see {@link Models}
     */
    record Place(int id, String model) {}

    /** What is remembered of these. */
    Map<Facts, Place> remembered(Collection<Facts> all) {
        Map<Facts, Place> places = new HashMap<>();
        for (Facts facts : all) {
            Integer id = known.get(facts); // what is used now is the last to be forgotten
            if (id != null) {
                places.put(facts, new Place(id, facts.model()));
            }
        }
        return places;
    }

    /** To be called with what {@link #resolve} has said, once its transaction has come through. */
    void remember(Map<Facts, Place> resolved) {
        resolved.forEach((facts, place) -> {
            // the other ones are many, and their names may have a place next time
            if (place.model().equals(facts.model())) {
                known.put(facts, place.id());
            }
        });
    }

    /**
     * The places of facts that are not remembered; those that have none get one. In a transaction of its own: a number that
     * nobody uses does no harm, and the lock of a new row must not be held while records are written.
     */
    Map<Facts, Place> resolve(Connection connection, Map<Facts, Claim> unknown) throws SQLException {
        Map<Facts, Facts> counted = Models.counted(connection, unknown);
        Map<Facts, Integer> ids = ids(connection, new HashSet<>(counted.values()));
        Map<Facts, Place> places = new HashMap<>();
        counted.forEach((facts, as) -> {
            Integer id = ids.get(as);
            if (id != null) {
                places.put(facts, new Place(id, as.model()));
            }
        });
        return places;
    }

    private Map<Facts, Integer> ids(Connection connection, Collection<Facts> all) throws SQLException {
        Map<String, Facts> byDigest = new TreeMap<>(); // everybody in the same order, so that nobody waits in a circle
        all.forEach(facts -> byDigest.put(facts.digest(), facts));
        Map<Facts, Integer> ids = new HashMap<>();
        List<String> digests = List.copyOf(byDigest.keySet());
        for (int i = 0; i < digests.size(); i += CHUNK) {
            List<String> chunk = digests.subList(i, Math.min(digests.size(), i + CHUNK));
            select(connection, chunk, byDigest, ids);
            List<String> missing = chunk.stream()
                    .filter(digest -> !ids.containsKey(byDigest.get(digest)))
                    .toList();
            if (!missing.isEmpty()) {
                insert(connection, missing, byDigest);
                select(connection, missing, byDigest, ids);
                groups(connection, missing, byDigest, ids);
            }
        }
        return ids;
    }

    private static void select(
            Connection connection, List<String> digests, Map<String, Facts> byDigest, Map<Facts, Integer> ids)
            throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT id, digest FROM aiproxy_usage_dimension WHERE digest IN ("
                        + Statements.marks(digests.size()) + ")")) {
            Binder binder = new Binder(select);
            for (String digest : digests) {
                binder.text(digest);
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    Facts facts = byDigest.get(rows.getString(2));
                    if (facts != null) {
                        ids.put(facts, rows.getInt(1));
                    }
                }
            }
        }
    }

    private void insert(Connection connection, List<String> digests, Map<String, Facts> byDigest) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(sql.insertNew(
                "aiproxy_usage_dimension",
                "digest",
                "user_id",
                "user_key",
                "user_groups",
                "channel",
                "model",
                "dialect",
                "operation",
                "ending",
                "failure",
                "currency"))) {
            Binder row = new Binder(insert);
            for (String digest : digests) {
                Facts facts = byDigest.get(digest);
                if (facts != null) {
                    row.text(digest)
                            .text(facts.user())
                            .text(facts.userKey())
                            .text(Texts.json(facts.groups()))
                            .text(facts.channel())
                            .text(facts.model())
                            .text(facts.dialect())
                            .text(facts.operation())
                            .text(facts.ending())
                            .text(facts.failure())
                            .text(facts.currency())
                            .row();
                }
            }
            insert.executeBatch();
        }
    }

    private void groups(
            Connection connection, List<String> digests, Map<String, Facts> byDigest, Map<Facts, Integer> ids)
            throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement(sql.insertNew("aiproxy_usage_group", "dimension", "name"))) {
            Binder row = new Binder(insert);
            for (String digest : digests) {
                Facts facts = byDigest.get(digest);
                Integer id = facts == null ? null : ids.get(facts);
                if (facts == null || id == null) {
                    throw new SQLTransientException("a dimension that was just inserted is not there", MET);
                }
                List<String> names = facts.groups().isEmpty() ? List.of("") : facts.groups();
                for (String name : names) {
                    row.number(id).text(name).row();
                }
            }
            insert.executeBatch();
        }
    }
}
