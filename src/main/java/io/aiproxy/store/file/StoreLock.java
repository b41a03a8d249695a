package io.aiproxy.store.file;

import io.aiproxy.core.Ticker;
import io.aiproxy.store.StoreException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** One at a time, in this process and among all that use the same file. The lock of a process that died is free. */
final class StoreLock implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long LOOK_MILLIS = 10;

    /** A file's lock belongs to the whole process, so threads need one of their own. */
    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private final ReentrantLock threads;
    private final FileChannel channel;

    private StoreLock(ReentrantLock threads, FileChannel channel) {
        this.threads = threads;
        this.channel = channel;
    }

    /**
     * Waits for the lock.
     *
     * @param file made if it is not there; it stays
     * @throws StoreException when somebody has held it for too long
     * @throws IOException when the file cannot be made
     */
    static StoreLock take(Path file, Ticker ticker) throws StoreException, IOException {
        ReentrantLock threads = THREADS.computeIfAbsent(file.toAbsolutePath().normalize(), path -> new ReentrantLock());
        FileChannel channel = null;
        boolean taken = false;
        try {
            if (!threads.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw busy(file);
            }
            try {
                Set<StandardOpenOption> options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                channel = FileChannel.open(file, options, Durable.secret());
                await(channel, file, ticker);
                taken = true;
                return new StoreLock(threads, channel);
            } finally {
                if (!taken) {
                    threads.unlock();
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreException.Why.UNAVAILABLE, "The gateway is stopping; nothing was changed");
        } finally {
            if (!taken && channel != null) {
                channel.close();
            }
        }
    }

    private static void await(FileChannel channel, Path file, Ticker ticker)
            throws IOException, InterruptedException, StoreException {
        long began = ticker.nanos();
        FileLock lock = channel.tryLock();
        while (lock == null) {
            if (ticker.nanos() - began > PATIENCE.toNanos()) {
                throw busy(file);
            }
            Thread.sleep(LOOK_MILLIS);
            lock = channel.tryLock();
        }
    }

    private static StoreException busy(Path file) {
        return new StoreException(
                StoreException.Why.UNAVAILABLE,
                "Somebody else has been changing the configuration for " + PATIENCE.toSeconds() + " s (" + file
                        + "); nothing was changed, try again");
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close(); // and its lock with it
        } finally {
            threads.unlock();
        }
    }
}
