package io.aiproxy.telemetry;

import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import java.util.concurrent.atomic.LongAdder;

/** What the meters say about the gateway itself. The application tells it; any thread. */
public final class GatewayState {
    private final LongAdder configReloadFailures = new LongAdder();
    private final LongAdder routesReloadFailures = new LongAdder();
    private final LongAdder backups = new LongAdder();
    private final LongAdder backupFailures = new LongAdder();
    private final LongAdder reports = new LongAdder();
    private final LongAdder reportFailures = new LongAdder();
    private final Inflight webSockets = new Inflight();
    private volatile Configured configured = new Configured(0, 0, 0, 0, 0);

    /**
     * Counts of the configuration in force.
     *
     * @param version its version; 0 before the first
     * @param activeUsers users that may call
     * @param disabledUsers users that may not
     * @param activeChannels channels in use
     * @param disabledChannels channels not in use
     */
    record Configured(long version, long activeUsers, long disabledUsers, long activeChannels, long disabledChannels) {}

    /** This configuration has come into force. */
    public void configured(Snapshot snapshot) {
        long activeUsers = snapshot.users().values().stream()
                .filter(user -> user.status() == Status.ACTIVE)
                .count();
        long activeChannels = snapshot.channels().values().stream()
                .filter(channel -> channel.status() == Status.ACTIVE)
                .count();
        configured = new Configured(
                snapshot.version(),
                activeUsers,
                snapshot.users().size() - activeUsers,
                activeChannels,
                snapshot.channels().size() - activeChannels);
    }

    /** A changed configuration was refused. */
    public void configReloadFailed() {
        configReloadFailures.increment();
    }

    /** Changed route files were refused. */
    public void routesReloadFailed() {
        routesReloadFailures.increment();
    }

    /** A backup was made by the clock. */
    public void backedUp() {
        backups.increment();
    }

    /** A backup was due and could not be made. */
    public void backupFailed() {
        backupFailures.increment();
    }

    /** The reports of a day, week or month were made by the clock. */
    public void reported() {
        reports.increment();
    }

    /** Reports were due and could not be made. */
    public void reportFailed() {
        reportFailures.increment();
    }

    /** Open WebSockets; {@link Telemetry#sockets()} counts them. */
    public Inflight webSockets() {
        return webSockets;
    }

    Configured configured() {
        return configured;
    }

    long configReloadFailures() {
        return configReloadFailures.sum();
    }

    long routesReloadFailures() {
        return routesReloadFailures.sum();
    }

    long backups() {
        return backups.sum();
    }

    long backupFailures() {
        return backupFailures.sum();
    }

    long reports() {
        return reports.sum();
    }

    long reportFailures() {
        return reportFailures.sum();
    }
}
