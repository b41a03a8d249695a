package io.aiproxy.app;

import io.aiproxy.core.Ticker;
import io.aiproxy.limits.Counters;
import io.aiproxy.limits.LimitLog;
import io.aiproxy.limits.LocalCounters;
import io.aiproxy.limits.RedisCounters;
import io.aiproxy.telemetry.Meters;
import io.aiproxy.telemetry.Telemetry;
import java.io.IOException;
import java.util.Optional;

/** Where limits are counted: in this process, or in Redis for several instances together. */
final class LimitStore implements AutoCloseable {
    private final Counters counters;
    private final Optional<RedisCounters> shared;

    private LimitStore(Counters counters, Optional<RedisCounters> shared) {
        this.counters = counters;
        this.shared = shared;
    }

    /**
     * The one that the settings ask for. Reads what was counted before; connects nowhere.
     *
     * @throws IOException when the setting for Redis cannot be used
     */
    static LimitStore open(Settings settings) throws IOException {
        if (settings.redis().isEmpty()) {
            return new LimitStore(LocalCounters.open(settings.dataDir(), Ticker.SYSTEM), Optional.empty());
        }
        try {
            RedisCounters redis = new RedisCounters(settings.redis().get(), Ticker.SYSTEM);
            return new LimitStore(redis, Optional.of(redis));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    Counters counters() {
        return counters;
    }

    /** Begins to connect, where there is anything to connect to, and waits for nothing. */
    void start(Telemetry telemetry) {
        shared.ifPresent(redis -> {
            telemetry.observe(Meters.LIMIT_STORE_UP, () -> redis.up() ? 1 : 0);
            telemetry.observe(Meters.LIMIT_STORE_OUTAGES, redis::outages);
            telemetry.observe(Meters.LIMIT_STORE_MISSES, redis::misses);
            redis.start(new LimitLog(telemetry));
        });
    }

    @Override
    public void close() {
        counters.close();
    }
}
