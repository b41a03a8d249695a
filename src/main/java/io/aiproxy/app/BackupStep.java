package io.aiproxy.app;

import io.aiproxy.app.backup.Archives;
import io.aiproxy.app.backup.Backup;
import io.aiproxy.app.backup.BackupException;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Ticker;
import io.aiproxy.telemetry.EventStream;
import io.aiproxy.telemetry.Telemetry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step {@code backup}: makes an archive when one is due, on a thread of its own. What goes wrong is told and counted, and
 * tried again; it never concerns anything else.
 */
final class BackupStep implements Processor, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BackupStep.class);
    private static final Duration AGAIN = Duration.ofMinutes(10);
    private static final long PATIENCE_SECONDS = 30;

    private final Settings settings;
    private final Backup backup;
    private final Supplier<Snapshot> snapshot;
    private final Telemetry telemetry;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
        Thread made = new Thread(task, "aiproxy-backup");
        made.setDaemon(true);
        return made;
    });

    /** What {@link #dueMillis} was computed for. Of the backup's thread alone, as the next two. */
    private SystemConfig.Backup known = SystemConfig.defaults().backup();

    private long dueMillis;
    private long lastMillis;

    /**
     * @param snapshot the configuration in force
     * @param telemetry is told how it went
     */
    BackupStep(Settings settings, Stores stores, Supplier<Snapshot> snapshot, Telemetry telemetry) {
        this.settings = settings;
        this.backup = new Backup(settings, stores, System::getenv);
        this.snapshot = snapshot;
        this.telemetry = telemetry;
    }

    /** Returns at once. */
    @Override
    public void process(Exchange exchange) {
        Snapshot now = snapshot.get();
        SystemConfig.Backup wanted = now.system().backup();
        if (now.demo() || wanted.every().isZero() || !underWay.compareAndSet(false, true)) {
            return;
        }
        thread.execute(() -> {
            try {
                runIfDue(wanted);
            } finally {
                underWay.set(false);
            }
        });
    }

    private void runIfDue(SystemConfig.Backup wanted) {
        long now = Ticker.SYSTEM.millis();
        Archives archives = new Archives(settings.dataDir().resolve(wanted.to()));
        try {
            if (!wanted.equals(known)) {
                lastMillis = archives.newest().map(Instant::toEpochMilli).orElse(0L);
                dueMillis = next(wanted);
                known = wanted;
            }
            // A clock that was set back must not put the next one off for ever.
            if (now < dueMillis && now >= lastMillis) {
                return;
            }
            Path file = backup.make(archives.at(Instant.ofEpochMilli(now)), Instant.ofEpochMilli(now))
                    .file();
            lastMillis = now;
            dueMillis = next(wanted);
            telemetry.state().backedUp();
            int deleted = archives.prune(wanted.keep());
            LOG.info("Backup: {}{}", file, deleted == 0 ? "" : "; older ones deleted: " + deleted);
        } catch (BackupException | IOException | RuntimeException e) {
            known = wanted;
            lastMillis = now;
            dueMillis = now + Math.min(wanted.every().toMillis(), AGAIN.toMillis());
            telemetry.state().backupFailed();
            String why = String.valueOf(e.getMessage());
            telemetry.tell(EventStream.ALERT, "backup.failed", () -> Map.of("reason", why));
            LOG.error("No backup was made, or an older one could not be deleted: {}", e.getMessage());
        }
    }

    private long next(SystemConfig.Backup wanted) {
        return lastMillis + wanted.every().toMillis();
    }

    /** Lets an archive that is being written be finished. */
    @Override
    public void close() {
        Finish.within(thread, PATIENCE_SECONDS);
    }
}
