package io.aiproxy.telemetry;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.micrometer.core.instrument.Counter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What is used at one channel. Told of by the accounting, a moment after the calls; any thread. */
final class UsageMeters {
    private static final double BILLION = 1e9;

    private final MeterRegistrar registrar;
    private final String channel;
    private final Map<String, Counter> tokens = new ConcurrentHashMap<>();
    private final Map<String, Counter> costs = new ConcurrentHashMap<>();
    private final Map<UsageSource, Counter> sources = new ConcurrentHashMap<>();
    private final LazyMeter<Counter> unpriced;

    UsageMeters(MeterRegistrar registrar, String channel) {
        this.registrar = registrar;
        this.channel = channel;
        this.unpriced = new LazyMeter<>(() -> registrar.counter(Meters.USAGE_UNPRICED, channel));
    }

    /** The channel is in the configuration: registers what is known of it beforehand. */
    void configured() {
        unpriced.meter();
    }

    void book(Used used) {
        sources.computeIfAbsent(used.source(), source -> registrar.counter(Meters.USAGE_RECORDS, channel, source.tag()))
                .increment();
        if (used.source() == UsageSource.NONE) {
            return;
        }
        Usage usage = used.usage();
        tokens("input", usage.inputTokens());
        tokens("output", usage.outputTokens());
        tokens("cached_input", usage.cachedInputTokens());
        tokens("cache_write", usage.cacheWriteTokens());
        tokens("reasoning", usage.reasoningTokens());
        tokens("audio", usage.audioInputTokens() + usage.audioOutputTokens());
        if (used.currency().isEmpty()) {
            unpriced.meter().increment();
        } else if (used.cost() > 0) {
            costs.computeIfAbsent(used.currency(), currency -> registrar.counter(Meters.USAGE_COST, channel, currency))
                    .increment(used.cost() / BILLION);
        }
    }

    private void tokens(String kind, long amount) {
        if (amount > 0) {
            tokens.computeIfAbsent(kind, of -> registrar.counter(Meters.USAGE_TOKENS, channel, of))
                    .increment((double) amount);
        }
    }
}
