package io.aiproxy.usage.sql;

import io.aiproxy.sql.Database;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import io.aiproxy.usage.UsageRecord;
import io.aiproxy.usage.sql.Dimensions.Place;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The books in a database. It need not be there when this is opened: whoever asks while it is away is refused, and the next one
 * is answered when it is back.
 */
public final class SqlBooks implements Books {
    private static final Logger LOG = LoggerFactory.getLogger(SqlBooks.class);
    private static final int IMPORT_BATCH = 2_000;
    private static final String IMPORT = "imported";
    private static final String TRIED = "tried out";

    private final Database database;
    private final ZoneId zone;
    private final Connections connections;
    private final Statements sql;
    private final Dimensions dimensions;
    private final Records records;
    private final Maintenance maintenance;
    private final ReentrantLock writing = new ReentrantLock(true);
    private volatile boolean prepared;

    private SqlBooks(Database database, ZoneId zone) throws BooksException {
        this.database = database;
        this.zone = zone;
        this.connections = new Connections(database);
        this.sql = new Statements(connections.vendor());
        this.dimensions = new Dimensions(sql);
        this.records = new Records();
        this.maintenance = new Maintenance(connections, sql, writing);
    }

    /**
     * Opens the books; connects to nothing yet.
     *
     * @param zone in which days and months begin. If it is another one than before, statistics are made of quarters of an
     *     hour until the next {@link #purge} has made its days and months
     * @throws BooksException when the URL is one of no database that there is a driver for
     */
    public static SqlBooks open(Database database, ZoneId zone) throws BooksException {
        return new SqlBooks(database, zone);
    }

    @Override
    public String place() {
        return database.place();
    }

    @Override
    public Optional<String> trouble() {
        return connections.trouble();
    }

    private <T> T read(Connections.Work<T> work) throws BooksException {
        prepare();
        return connections.read(work);
    }

    /** The tables are there, and days and months are those of our zone. */
    private void prepare() throws BooksException {
        if (prepared) {
            return;
        }
        writing.lock();
        try {
            if (!prepared) {
                connections.change(this::adopt);
                prepared = true;
            }
        } finally {
            writing.unlock();
        }
    }

    private boolean adopt(Connection connection) throws SQLException {
        State state = State.read(connection, sql.alone());
        if (state.zone().isEmpty()) {
            State.zone(connection, zone.getId(), true);
        } else if (!same(state.zone())) {
            LOG.info(
                    "Days and months of usage begin in {} and no longer in {}: their sums are made again",
                    zone,
                    state.zone());
            State.zone(connection, zone.getId(), false);
        }
        return true;
    }

    private boolean same(String other) {
        try {
            return new Times(zone).same(ZoneId.of(other));
        } catch (DateTimeException unknown) { // written where zones are newer
            return false;
        }
    }

    @Override
    public Optional<Position> position(String journal) throws BooksException {
        return read(connection -> Writers.position(connection, journal));
    }

    @Override
    public void add(List<UsageRecord> added, Position upTo) throws BooksException {
        add(added, upTo.journal(), Optional.of(upTo));
    }

    /**
     * What became of records that were offered.
     *
     * @param added were missing, and are here now
     * @param present were here already
     * @param tooOld are from a time of which records were deleted, so that nobody can know whether they were here
     */
    public record Imported(long added, long present, long tooOld) {}

    /** Adds those records that are missing, without a journal, e.g. from an access log; in batches. */
    public Imported addMissing(Iterator<UsageRecord> offered) throws BooksException {
        State state = read(connection -> State.read(connection, ""));
        List<UsageRecord> batch = new ArrayList<>(IMPORT_BATCH);
        long all = 0;
        long tooOld = 0;
        long added = 0;
        while (offered.hasNext()) {
            UsageRecord record = offered.next();
            all++;
            if (record.startedMillis() < state.recordsFrom()) {
                tooOld++;
                continue;
            }
            batch.add(record);
            if (batch.size() == IMPORT_BATCH) {
                added += add(batch, IMPORT, Optional.empty());
                batch.clear();
            }
        }
        added += add(batch, IMPORT, Optional.empty());
        return new Imported(added, all - tooOld - added, tooOld);
    }

    private int add(List<UsageRecord> added, String journal, Optional<Position> upTo) throws BooksException {
        prepare();
        Told told = new Told(added);
        List<UsageRecord> offered = told.all();
        Facts[] facts = Facts.each(offered);
        writing.lock();
        try {
            List<Numbered> all = numbered(offered, facts, places(claims(offered, facts)));
            AtomicBoolean known = new AtomicBoolean(upTo.isPresent());
            return connections.change(connection -> {
                State state = State.read(connection, sql.shared());
                List<Numbered> counted = told.counted(connection, sql, all);
                int writer = Writers.id(connection, sql, journal);
                // What follows a journal's place is new; only where the database refuses it as known already, it is
                // asked.
                boolean fresh = known.getAndSet(false);
                int count = write(connection, state, writer, fresh ? counted : missing(connection, counted));
                if (upTo.isPresent()) {
                    Writers.position(connection, writer, upTo.get());
                }
                return count;
            });
        } catch (BooksException e) {
            dimensions.forget(); // the database that comes back may be an older one
            throw e;
        } finally {
            writing.unlock();
        }
    }

    /** All went well, and is to be rolled back. */
    private static final class TakenBack extends RuntimeException {
        private static final long serialVersionUID = 1;

        TakenBack() {
            super("a record that was tried out is taken back", null, false, false);
        }
    }

    @Override
    public void tryOut(UsageRecord record) throws BooksException {
        prepare();
        List<UsageRecord> one = List.of(record);
        Facts[] facts = Facts.each(one);
        writing.lock();
        try {
            connections.change(connection -> {
                State state = State.read(connection, sql.shared());
                int writer = Writers.id(connection, sql, TRIED);
                Map<Facts, Place> places = dimensions.resolve(connection, claims(one, facts));
                write(connection, state, writer, numbered(one, facts, places));
                throw new TakenBack();
            });
        } catch (TakenBack expected) {
            LOG.debug("{}", expected.getMessage());
        } finally {
            writing.unlock();
        }
    }

    /** A record, its place, and that of all of its currency. */
    private record Numbered(UsageRecord record, Place place, Place whole) {}

    /** The best that any of these calls says for the models of each facts. */
    private static Map<Facts, Claim> claims(List<UsageRecord> records, Facts[] facts) {
        Map<Facts, Claim> claims = new LinkedHashMap<>();
        for (int i = 0; i < facts.length; i++) {
            claims.merge(facts[i], Claim.of(records.get(i)), Claim::or);
        }
        Arrays.stream(facts)
                .map(Facts::currency)
                .distinct()
                .forEach(currency -> claims.put(Facts.whole(currency), Claim.TOLD));
        return claims;
    }

    private static List<Numbered> numbered(List<UsageRecord> records, Facts[] facts, Map<Facts, Place> places) {
        List<Numbered> numbered = new ArrayList<>(facts.length);
        Map<String, Place> wholes = new HashMap<>();
        for (int i = 0; i < facts.length; i++) {
            Place place = Objects.requireNonNull(places.get(facts[i]));
            Place whole = wholes.computeIfAbsent(
                    facts[i].currency(), currency -> Objects.requireNonNull(places.get(Facts.whole(currency))));
            numbered.add(new Numbered(records.get(i), place, whole));
        }
        return numbered;
    }

    private Map<Facts, Place> places(Map<Facts, Claim> claims) throws BooksException {
        Map<Facts, Place> places = dimensions.remembered(claims.keySet());
        Map<Facts, Claim> unknown = new LinkedHashMap<>(claims);
        unknown.keySet().removeAll(places.keySet());
        if (!unknown.isEmpty()) {
            Map<Facts, Place> resolved = connections.change(connection -> dimensions.resolve(connection, unknown));
            dimensions.remember(resolved);
            places.putAll(resolved);
        }
        return places;
    }

    private static List<Numbered> missing(Connection connection, List<Numbered> all) throws SQLException {
        boolean[] missing = RecordRows.missing(
                connection, all.stream().map(Numbered::record).toList());
        List<Numbered> some = new ArrayList<>();
        for (int i = 0; i < missing.length; i++) {
            if (missing[i]) {
                some.add(all.get(i));
            }
        }
        return some;
    }

    /** Adds records that are not here; how many. */
    private int write(Connection connection, State state, int writer, List<Numbered> all) throws SQLException {
        Aggregate sums = new Aggregate();
        try (RecordRows.Insert insert = new RecordRows.Insert(connection)) {
            for (Numbered one : all) {
                insert.add(one.record(), one.place());
                sums.add(one.record(), one.place().id(), one.whole().id());
            }
            insert.execute();
        }
        SumRows rows = new SumRows(connection, sql, writer);
        for (Map.Entry<Level, Map<Long, Map<Integer, Tally>>> level :
                sums.all(new Times(ZoneId.of(state.zone()))).entrySet()) {
            if (level.getKey() == Level.MINUTE) {
                level.getValue().keySet().removeIf(minute -> minute < state.minutesFrom());
            }
            rows.add(level.getKey(), level.getValue());
        }
        return all.size();
    }

    /** From when on records are kept: what is older was deleted. */
    public Instant recordsFrom() throws BooksException {
        return Instant.ofEpochMilli(
                read(connection -> State.read(connection, "")).recordsFrom());
    }

    @Override
    public List<StatisticsRow> statistics(StatisticsQuery query) throws BooksException {
        return read(connection -> Statistics.of(connection, query));
    }

    @Override
    public List<UsageRecord> records(RecordQuery query) throws BooksException {
        return read(connection -> records.newest(connection, query));
    }

    @Override
    public void each(Instant from, Instant to, Consumer<UsageRecord> consumer) throws BooksException {
        Optional<Records.Page> page = Optional.of(Records.Page.first(from, to));
        while (page.isPresent()) {
            Records.Page now = page.get();
            List<UsageRecord> some = read(connection -> records.page(connection, now));
            some.forEach(consumer);
            page = now.next(some);
        }
    }

    @Override
    public void purge(Instant before, Instant minutesBefore) throws BooksException {
        prepare();
        maintenance.purge(Times.millis(before), Times.millis(minutesBefore));
        maintenance.resum();
    }

    @Override
    public long rebuild(Instant from, Instant to) throws BooksException {
        State state = read(connection -> State.read(connection, ""));
        Range range =
                new Range(Times.floor(Times.millis(from), Times.QUARTER), Times.ceil(Times.millis(to), Times.QUARTER));
        Maintenance.requireRecords(state, range.from());
        return range.isEmpty() ? 0 : maintenance.rebuild(range);
    }

    @Override
    public void close() {
        connections.close();
    }
}
