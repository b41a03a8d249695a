package io.aiproxy.limits;

import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts in this process's memory. All counters of a call are locked together, in an order that all threads keep, for as
 * long as it takes to look at them and add: what was let through is exact, whichever event loops the calls come from.
 *
 * <p>What is counted over an hour or more survives a restart: a thread of its own writes it to {@code limits.json} every
 * {@value #EVERY_SECONDS} seconds when something has changed, and {@link #close} once more. A crash loses what was counted
 * since.
 *
 * <p>A counter in which nothing is left is forgotten. There are as many as the configuration makes; should they be more
 * than {@value #MOST} all the same, those go first whose counts are over soonest.
 */
public final class LocalCounters implements Counters {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCounters.class);
    private static final String FILE = "limits.json";
    private static final int EVERY_SECONDS = 3;
    private static final int MOST = 1_000_000;
    private static final long CLOSE_SECONDS = 10;

    private static final Comparator<Cell> BY_ORDER = Comparator.comparingLong(cell -> cell.order);

    private final Ticker ticker;
    private final int most;
    private final @Nullable CountsFile file;
    private final Map<String, Cell> cells = new ConcurrentHashMap<>();
    /** Counts that were kept over a restart and that nobody has asked for yet. */
    private final Map<String, SavedCount> restored = new ConcurrentHashMap<>();

    private final ScheduledExecutorService keeper = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "aiproxy-limits");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean changed;
    private boolean failing;

    private LocalCounters(@Nullable CountsFile file, Ticker ticker, int most) {
        this.file = file;
        this.ticker = ticker;
        this.most = most;
    }

    /**
     * Counters that are kept in a file. Reads it: to be called at start, not on an event loop. A file that cannot be read is
     * a warning, not an error: counting then begins anew.
     *
     * @param dataDir where the file is
     */
    public static LocalCounters open(Path dataDir, Ticker ticker) {
        LocalCounters counters = new LocalCounters(new CountsFile(dataDir.resolve(FILE)), ticker, MOST);
        counters.load();
        return counters.begun();
    }

    /** Counters that begin at nothing with every start. */
    public static LocalCounters inMemory(Ticker ticker) {
        return new LocalCounters(null, ticker, MOST).begun();
    }

    /** As {@link #inMemory(Ticker)}, with another bound, and looked after only when {@link #maintain} is called. */
    static LocalCounters inMemory(Ticker ticker, int most) {
        return new LocalCounters(null, ticker, most);
    }

    private LocalCounters begun() {
        ScheduledFuture<?> unused =
                keeper.scheduleWithFixedDelay(this::maintain, EVERY_SECONDS, EVERY_SECONDS, TimeUnit.SECONDS);
        return this;
    }

    private void load() {
        if (file == null) {
            return;
        }
        try {
            long now = ticker.millis();
            for (SavedCount count : file.read()) {
                if (count.fromMillis() <= now && now < count.untilMillis()) {
                    restored.put(count.name(), count);
                }
            }
        } catch (IOException e) {
            LOG.warn(
                    "What was counted for limits before the start could not be read, so all counts begin at 0: {}: {}",
                    file.path(),
                    e.getMessage());
        }
    }

    /** How many counters there are. */
    public int size() {
        return cells.size();
    }

    @Override
    public CompletionStage<Verdict> take(List<Claim> claims, long nowMillis) {
        return CompletableFuture.completedFuture(taken(claims, nowMillis));
    }

    private Verdict taken(List<Claim> claims, long now) {
        Cell[] of = locked(claims, now);
        try {
            int refused = -1;
            for (int i = 0; i < of.length; i++) {
                Claim claim = claims.get(i);
                of[i].advance(now);
                boolean tooMuch = !claim.counter().limit().shadow()
                        && !of[i].fits(claim.amount(), claim.counter().limit().amount());
                if (tooMuch && (refused < 0 || rank(of[i], claim, now) > rank(of[refused], claims.get(refused), now))) {
                    refused = i;
                }
            }
            List<Standing> standings = new ArrayList<>(of.length);
            for (int i = 0; i < of.length; i++) {
                standings.add(standing(of[i], claims.get(i), refused < 0, now));
            }
            return new Verdict(refused, standings);
        } finally {
            unlock(of);
        }
    }

    private Standing standing(Cell cell, Claim claim, boolean take, long now) {
        long limit = claim.counter().limit().amount();
        if (take) {
            cell.add(claim.amount());
            noteChange(claim);
            return new Standing(cell.used(), 0, cell.resetMillis(now));
        }
        return new Standing(cell.used(), cell.waitMillis(claim.amount(), limit, now), cell.resetMillis(now));
    }

    /** Which of several refusals is told: the one that lasts longest. */
    private static long rank(Cell cell, Claim claim, long now) {
        long wait = cell.waitMillis(claim.amount(), claim.counter().limit().amount(), now);
        boolean never = wait == 0 && claim.counter().limit().quantity().overTime();
        return never ? Long.MAX_VALUE : wait;
    }

    private void noteChange(Claim claim) {
        if (!changed && claim.counter().limit().window().isPresent()) {
            changed = true; // only where it was not: all event loops share it
        }
    }

    /** The claims' cells, locked, in the claims' order. */
    private Cell[] locked(List<Claim> claims, long now) {
        while (true) {
            Cell[] of = new Cell[claims.size()];
            for (int i = 0; i < of.length; i++) {
                of[i] = cell(claims.get(i).counter(), now);
            }
            lock(of);
            boolean all = true;
            for (Cell cell : of) {
                all &= !cell.forgotten;
            }
            if (all) {
                return of;
            }
            unlock(of);
        }
    }

    private static void lock(Cell[] of) {
        for (Cell cell : ordered(of)) {
            cell.lock.lock();
        }
    }

    /** The cells in their order: mostly the array itself, because a plan's cells are made in the plan's order. */
    private static Cell[] ordered(Cell[] of) {
        boolean already = true;
        for (int i = 1; i < of.length; i++) {
            already &= of[i - 1].order <= of[i].order;
        }
        if (already) {
            return of;
        }
        Cell[] ordered = of.clone();
        Arrays.sort(ordered, BY_ORDER);
        return ordered;
    }

    private static void unlock(Cell[] of) {
        for (Cell cell : of) {
            cell.lock.unlock();
        }
    }

    private Cell cell(Counter counter, long now) {
        Cell known = cells.get(counter.name());
        return known != null
                ? known
                : cells.computeIfAbsent(counter.name(), name -> {
                    Cell cell = Cell.of(counter.limit());
                    SavedCount saved = restored.remove(name);
                    if (saved != null) {
                        cell.lock.lock();
                        try {
                            cell.restore(saved, now);
                        } finally {
                            cell.lock.unlock();
                        }
                    }
                    return cell;
                });
    }

    @Override
    public void correct(List<Claim> claims, long takenMillis) {
        for (int i = 0; i < claims.size(); i++) {
            Claim claim = claims.get(i);
            boolean more =
                    claim.amount() > 0 && claim.counter().limit().quantity().overTime();
            // A call that has claimed nothing leaves an empty cell, which is forgotten while the call goes on.
            if (more || cells.containsKey(claim.counter().name())) {
                long now = ticker.millis();
                Cell[] of = locked(List.of(claim), now);
                try {
                    of[0].advance(now);
                    of[0].correct(claim.amount(), takenMillis);
                    noteChange(claim);
                } finally {
                    unlock(of);
                }
            }
        }
    }

    /** How much a counter has counted, without taking anything; 0 when it is not known. */
    public long used(String name) {
        Cell cell = cells.get(name);
        if (cell == null) {
            return 0;
        }
        cell.lock.lock();
        try {
            cell.advance(ticker.millis());
            return cell.used();
        } finally {
            cell.lock.unlock();
        }
    }

    /** Forgets what is over and writes what has changed. Not on an event loop. */
    synchronized void maintain() {
        try {
            long now = ticker.millis();
            restored.values().removeIf(count -> count.untilMillis() <= now);
            cells.forEach((name, cell) -> forget(name, cell, now, false));
            if (cells.size() > most) {
                shrink(now);
            }
            write();
        } catch (RuntimeException e) {
            LOG.error(
                    "The limits' counters could not be looked after",
                    e); // a scheduled task that throws is never run again
        }
    }

    private void forget(String name, Cell cell, long now, boolean anyway) {
        cell.lock.lock();
        try {
            if (anyway || cell.idle(now)) {
                cell.forgotten = true;
                cells.remove(name, cell);
            }
        } finally {
            cell.lock.unlock();
        }
    }

    private void shrink(long now) {
        record Old(String name, Cell cell, long resetMillis) {}
        List<Old> old = new ArrayList<>();
        cells.forEach((name, cell) -> {
            if (!(cell instanceof MomentCell)) { // calls that are under way must not be forgotten
                cell.lock.lock();
                try {
                    old.add(new Old(name, cell, cell.resetMillis(now)));
                } finally {
                    cell.lock.unlock();
                }
            }
        });
        old.sort(Comparator.comparingLong(Old::resetMillis));
        int tooMany = Math.min(old.size(), cells.size() - most);
        for (Old one : old.subList(0, Math.max(0, tooMany))) {
            forget(one.name(), one.cell(), now, true);
        }
    }

    private void write() {
        if (file == null || !changed) {
            return;
        }
        changed = false;
        List<SavedCount> counts = new ArrayList<>(restored.values());
        cells.forEach((name, cell) -> {
            cell.lock.lock();
            try {
                cell.saved(name).ifPresent(counts::add);
            } finally {
                cell.lock.unlock();
            }
        });
        try {
            file.write(counts);
            failing = false;
        } catch (IOException e) {
            changed = true;
            if (!failing) {
                LOG.warn(
                        "What is counted for limits could not be written and would be lost in a restart: {}: {}",
                        file.path(),
                        e.toString());
            }
            failing = true;
        }
    }

    /** Writes what has changed and ends. */
    @Override
    public void close() {
        keeper.shutdown();
        try {
            keeper.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        maintain();
    }
}
