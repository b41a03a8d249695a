package io.aiproxy.usage.sql;

import io.aiproxy.usage.UsageRecord;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Work whose usage several calls tell, because each of them has fetched its result: the books keep that of the call that they get
 * first. Whose it is is written down with the first record, so that whoever adds the same records again comes to the same end.
 */
final class Told {
    private static final String TABLE = "aiproxy_usage_told";
    private static final int CHUNK = 500;

    private final List<UsageRecord> records;
    /** Places of those of them that tell usage of work. */
    private final int[] tellers;

    /** @param records that are to be added together */
    Told(List<UsageRecord> records) {
        this.records = records;
        this.tellers = IntStream.range(0, records.size())
                .filter(i -> tells(records.get(i)))
                .toArray();
    }

    private static boolean tells(UsageRecord record) {
        boolean something = !record.usage().isNone() || record.cost() != 0;
        return something
                && !record.work().isEmpty()
                && !Texts.work(record.work()).isEmpty();
    }

    private static RecordRows.Key key(UsageRecord record) {
        return new RecordRows.Key(record.startedMillis(), Texts.id(record.id()));
    }

    /** All records, and behind them those that tell usage of work once more: as they are where another one has told it. */
    List<UsageRecord> all() {
        if (tellers.length == 0) {
            return records;
        }
        List<UsageRecord> all = new ArrayList<>(records);
        for (int teller : tellers) {
            all.add(records.get(teller).toldElsewhere());
        }
        return all;
    }

    /**
     * Of each record one of the two, in the caller's transaction, which has read nothing yet that is not locked: it must see what
     * others have written until now.
     *
     * @param all something for each of {@link #all()}
     */
    <T> List<T> counted(Connection connection, Statements sql, List<T> all) throws SQLException {
        if (tellers.length == 0) {
            return all;
        }
        Map<String, RecordRows.Key> owners = owners(connection, sql);
        List<T> counted = new ArrayList<>(all.subList(0, records.size()));
        for (int i = 0; i < tellers.length; i++) {
            UsageRecord record = records.get(tellers[i]);
            RecordRows.Key owner = owners.get(Texts.work(record.work()));
            if (owner == null) {
                throw new SQLTransientException("work that was just inserted is not there", "40001");
            }
            if (!owner.equals(key(record))) {
                counted.set(tellers[i], all.get(records.size() + i));
            }
        }
        return counted;
    }

    /** Which record's usage counts of each work; where nobody has told it, that is the first of these. */
    private Map<String, RecordRows.Key> owners(Connection connection, Statements sql) throws SQLException {
        TreeMap<String, RecordRows.Key> first =
                new TreeMap<>(); // everybody in the same order, so that nobody waits in a circle
        for (int teller : tellers) {
            UsageRecord record = records.get(teller);
            first.putIfAbsent(Texts.work(record.work()), key(record));
        }
        try (PreparedStatement insert = connection.prepareStatement(sql.insertNew(TABLE, "work", "started", "id"))) {
            Binder row = new Binder(insert);
            for (Map.Entry<String, RecordRows.Key> one : first.entrySet()) {
                row.text(one.getKey())
                        .number(one.getValue().started())
                        .text(one.getValue().id())
                        .row();
            }
            insert.executeBatch();
        }
        Map<String, RecordRows.Key> owners = new HashMap<>();
        List<String> works = List.copyOf(first.keySet());
        for (int i = 0; i < works.size(); i += CHUNK) {
            select(connection, sql, works.subList(i, Math.min(works.size(), i + CHUNK)), owners);
        }
        return owners;
    }

    private static void select(
            Connection connection, Statements sql, List<String> works, Map<String, RecordRows.Key> owners)
            throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("SELECT work, started, id FROM " + TABLE
                + " WHERE work IN (" + Statements.marks(works.size()) + ")" + sql.shared())) {
            Binder binder = new Binder(select);
            for (String work : works) {
                binder.text(work);
            }
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    owners.put(rows.getString(1), new RecordRows.Key(rows.getLong(2), rows.getString(3)));
                }
            }
        }
    }
}
