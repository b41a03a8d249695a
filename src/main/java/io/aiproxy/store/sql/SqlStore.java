package io.aiproxy.store.sql;

import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigReader;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Ticker;
import io.aiproxy.sql.Database;
import io.aiproxy.sql.Vendor;
import io.aiproxy.store.AuditLog;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Entries;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import io.aiproxy.store.StoreException.Why;
import io.aiproxy.store.Version;
import io.aiproxy.store.sql.LastConfiguration.Copy;
import io.aiproxy.store.sql.Rows.Head;
import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in a database, for one instance or for many. The gateway lives on when the database is down: it goes on
 * with what it has, and starts with a copy of what it had last. The last {@value Rows#KEPT} versions are kept.
 */
public final class SqlStore implements ConfigStore {
    private static final Logger LOG = LoggerFactory.getLogger(SqlStore.class);
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A version's number, and what makes it unique; the number of none is alone. */
    private static final Pattern TAG = Pattern.compile("(\\d{1,18})(-[0-9a-f]{16})?");

    private final Database database;
    private final Path configDir;
    private final ConfigReader reader;
    private final Ticker ticker;
    private final LastConfiguration last;
    private final Pool pool;
    private final Lookout lookout;
    private volatile @Nullable String loaded;

    /** What was read, or written, last; given up when memory is short. */
    private volatile SoftReference<Stored> seen = new SoftReference<>(null);

    private final Lines lines = new Lines();

    private SqlStore(
            Database database,
            Path configDir,
            Path dataDir,
            Function<String, @Nullable String> environment,
            Ticker ticker)
            throws StoreException {
        this.database = database;
        this.configDir = configDir;
        this.reader = new ConfigReader(configDir, environment);
        this.ticker = ticker;
        this.last = new LastConfiguration(dataDir, database.place());
        this.pool = new Pool(database, this::whyNotNew);
        this.lookout = new Lookout(this::newest, rest(pool.vendor(), database));
    }

    /**
     * Opens the store. The database need not be there yet: it is looked for every second.
     *
     * @param configDir what files that are named in the configuration are relative to
     * @param dataDir where the copy of the last configuration is kept
     * @param environment looks environment variables up
     * @throws StoreException when the URL is one of no database that there is a driver for
     */
    public static SqlStore open(
            Database database, Path configDir, Path dataDir, Function<String, @Nullable String> environment)
            throws StoreException {
        SqlStore store = new SqlStore(database, configDir, dataDir, environment, Ticker.SYSTEM);
        store.lookout.start();
        return store;
    }

    private Optional<String> whyNotNew() {
        return last.read()
                .filter(copy -> copy.version() > 0)
                .map(copy -> "version " + copy.version() + " was in it; put it back, or remove " + last.file()
                        + " to begin anew");
    }

    private static Lookout.Rest rest(Vendor vendor, Database database) {
        return vendor == Vendor.POSTGRESQL ? new Notifications(database) : new Sleep();
    }

    /** Where nobody tells anything. */
    private static final class Sleep implements Lookout.Rest {
        @Override
        public void until(Duration longest) throws InterruptedException {
            Thread.sleep(longest.toMillis());
        }

        @Override
        public void close() {}
    }

    @Override
    public String place() {
        return database.place();
    }

    /** Why the database cannot be reached, for the readiness page; empty when it can. Does not block. */
    public Optional<String> trouble() {
        return lookout.trouble();
    }

    /** What administrators did, in the same database. Works until this store is closed. */
    public AuditLog auditLog() {
        return new SqlAuditLog(pool);
    }

    /**
     * As its contract says; and while the database cannot be reached, the copy of what was loaded last, which is logged.
     * Whoever watches is called as soon as the database is back.
     *
     * @throws StoreException when the database cannot be reached and there is no copy, or only one that is older than what
     *     was loaded by this process
     */
    @Override
    public Snapshot load() throws ConfigException, StoreException {
        long turn = lookout.turn();
        State state;
        try {
            state = state();
        } catch (StoreException e) {
            lookout.failed(e);
            lookout.missed();
            return copy(e);
        }
        lookout.loaded(turn, state.tag());
        Optional<Snapshot> instead = state.version() == 0 ? insteadOfNothing() : Optional.empty();
        if (instead.isPresent()) {
            return instead.get();
        }
        Map<String, String> documents = lines.of(state.entries());
        Instant now = now();
        Snapshot snapshot = checked(documents, state.version(), now);
        loaded = state.tag();
        last.keep(new Copy(state.version(), state.tag(), now, documents));
        return snapshot;
    }

    private Snapshot copy(StoreException why) throws ConfigException, StoreException {
        Copy copy = last.read()
                .filter(found -> loaded == null || found.tag().equals(loaded))
                .orElse(null);
        if (copy == null) {
            throw new StoreException(
                    why.why(),
                    why.getMessage() + "; and there is no copy of its configuration in " + last.file()
                            + " to start with. Start the database, or mend its URL, user and password",
                    why);
        }
        LOG.warn(
                "{}; the configuration is the copy of version {} that was made at {} in {}",
                why.getMessage(),
                copy.version(),
                copy.at(),
                last.file());
        return checked(copy.documents(), copy.version(), now());
    }

    /**
     * A database that is new although there was one here before is most likely a disk that was not mounted or a mistaken
     * restore: nobody wants all users to be gone for that.
     */
    private Optional<Snapshot> insteadOfNothing() throws ConfigException {
        Optional<Copy> copy = last.read().filter(found -> found.version() > 0);
        if (copy.isEmpty()) {
            LOG.warn(
                    "{} holds no configuration yet: nobody is let in. Fill it with: aiproxy migrate --from {} --to {}",
                    place(),
                    configDir,
                    place());
            return Optional.empty();
        }
        LOG.error(
                "{} is empty, but version {} was there before: the copy in {} goes on being used. If the database shall"
                        + " be empty, remove that file",
                place(),
                copy.get().version(),
                last.file());
        return Optional.of(checked(copy.get().documents(), copy.get().version(), now()));
    }

    private Snapshot checked(Map<String, String> documents, long version, Instant now) throws ConfigException {
        return reader.load(documents, version, now);
    }

    private String newest() throws StoreException {
        return pool.ask(Rows::head).tag();
    }

    @Override
    public State state() throws StoreException {
        return pool.read(handle -> {
            Head head = Rows.head(handle);
            return new State(head.version(), head.tag(), entries(handle).entries());
        });
    }

    /** What the tables hold; of thousands of entries hardly one is other than the last time. */
    private Stored entries(Handle handle) throws StoreException {
        Stored before = seen.get();
        Stored read = Rows.entries(handle, before == null ? Stored.none() : before);
        seen = new SoftReference<>(read);
        return read;
    }

    @Override
    public Version apply(String tag, List<Change> changes, Author author, String note)
            throws ConfigException, StoreException {
        Rows.check(changes);
        Head next = after(tag);
        Version made = new Version(next.version(), now(), author, note);
        AtomicBoolean committing = new AtomicBoolean();
        try {
            Version version = pool.change(handle -> {
                Version found = change(handle, new Order(tag, next, changes), made);
                committing.set(true);
                return found;
            });
            return version;
        } catch (StoreException e) {
            if (e.why() == Why.UNAVAILABLE) {
                lookout.failed(e);
                return whetherDone(committing.get(), next, e);
            }
            throw e;
        }
    }

    /**
     * What shall be done.
     *
     * @param tag of the version that it was made from
     * @param next the version that it makes
     * @param changes in their order
     */
    private record Order(String tag, Head next, List<Change> changes) {}

    private Version change(Handle handle, Order order, Version made) throws ConfigException, StoreException {
        Head next = order.next();
        if (!Rows.advance(handle, order.tag(), next)) {
            throw conflict();
        }
        Stored before = entries(handle);
        Stored after = before.with(order.changes());
        if (after.all().equals(before.all())) {
            Rows.advance(handle, next.tag(), new Head(next.version() - 1, order.tag()));
            return Rows.versions(handle, next.version(), 1).stream()
                    .findFirst()
                    .orElse(new Version(0, made.at(), made.author(), ""));
        }
        checked(lines.of(after.entries()), next.version(), made.at());
        Rows.write(handle, before, after, next.version());
        Rows.version(handle, made, next.tag());
        Rows.collapse(handle, next.version());
        seen = new SoftReference<>(after);
        if (pool.vendor() == Vendor.POSTGRESQL) {
            Rows.tell(handle, next.tag());
        }
        return made;
    }

    /** The connection broke. If that was during the commit, it may have come through all the same. */
    private Version whetherDone(boolean committing, Head next, StoreException broken) throws StoreException {
        if (!committing) {
            throw broken;
        }
        Optional<Version> done;
        try {
            done = pool.ask(handle -> Rows.tagged(handle, next.tag()));
        } catch (StoreException stillBroken) {
            throw new StoreException(
                    Why.UNAVAILABLE,
                    broken.getMessage()
                            + "; whether the change was made shows when the database is back: read it again",
                    broken);
        }
        return done.orElseThrow(() -> broken);
    }

    /** The version after this one. Its tag is random besides its number: a backup that is put back counts anew. */
    private static Head after(String tag) throws StoreException {
        Matcher matcher = TAG.matcher(tag);
        if (!matcher.matches()) {
            throw conflict();
        }
        long number = Long.parseLong(matcher.group(1)) + 1;
        byte[] random = new byte[8];
        RANDOM.nextBytes(random);
        return new Head(number, number + "-" + HexFormat.of().formatHex(random));
    }

    private static StoreException conflict() {
        return new StoreException(
                Why.CONFLICT, "somebody else has changed the configuration since it was read; read it again");
    }

    @Override
    public List<Version> versions(long before, int limit) throws StoreException {
        return pool.ask(handle -> Rows.versions(handle, before, Math.max(0, limit)));
    }

    @Override
    public Entries at(long version) throws StoreException {
        Optional<Entries> found = pool.read(handle -> Rows.kept(handle, version)
                ? Optional.of(Rows.entries(handle, version).entries())
                : Optional.<Entries>empty());
        return found.orElseThrow(() -> new StoreException(
                Why.NOT_FOUND,
                "there is no version " + version + ", or it is not kept any more (the last " + Rows.KEPT + " are)"));
    }

    @Override
    public AutoCloseable watch(Runnable onChange) {
        return new Watch(lookout, onChange);
    }

    private Instant now() {
        return Instant.ofEpochMilli(ticker.millis());
    }

    @Override
    public void close() {
        lookout.close();
        pool.close();
    }
}
