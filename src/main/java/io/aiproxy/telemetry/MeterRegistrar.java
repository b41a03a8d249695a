package io.aiproxy.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Makes Micrometer's meters from {@link Meters}: the right kind, unit, description and tags, or an error. Not for the hot path. */
final class MeterRegistrar {
    private final MeterRegistry registry;

    /** Micrometer itself holds what it observes only weakly. */
    private final ConcurrentHashMap<Meter.Id, DoubleSupplier> sources = new ConcurrentHashMap<>();

    MeterRegistrar(MeterRegistry registry) {
        this.registry = registry;
    }

    /** A counter; the same one for the same tags. */
    Counter counter(Meters meter, String... tagValues) {
        expect(meter, MeterType.COUNTER);
        return Counter.builder(meter.id())
                .description(meter.meaning())
                .baseUnit(baseUnit(meter))
                .tags(tags(meter, tagValues))
                .register(registry);
    }

    /** A histogram of durations; the same one for the same tags. */
    Timer histogram(Meters meter, Duration[] buckets, String... tagValues) {
        expect(meter, MeterType.HISTOGRAM);
        return Timer.builder(meter.id())
                .description(meter.meaning())
                .tags(tags(meter, tagValues))
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    /**
     * A gauge, or a counter whose value is kept elsewhere. Takes the place of one with the same tags.
     *
     * @return removes it
     */
    Runnable observe(Meters meter, DoubleSupplier source, String... tagValues) {
        Tags tags = tags(meter, tagValues);
        Meter.Id id = new Meter.Id(meter.id(), tags, baseUnit(meter), meter.meaning(), Meter.Type.OTHER);
        synchronized (sources) {
            if (sources.containsKey(id)) {
                registry.remove(id);
            }
            sources.put(id, source);
            if (meter.type() == MeterType.COUNTER) {
                FunctionCounter.builder(meter.id(), source, DoubleSupplier::getAsDouble)
                        .description(meter.meaning())
                        .baseUnit(baseUnit(meter))
                        .tags(tags)
                        .register(registry);
            } else {
                expect(meter, MeterType.GAUGE);
                Gauge.builder(meter.id(), source, DoubleSupplier::getAsDouble)
                        .description(meter.meaning())
                        .baseUnit(baseUnit(meter))
                        .tags(tags)
                        .register(registry);
            }
        }
        return () -> forget(id, source);
    }

    private void forget(Meter.Id id, DoubleSupplier source) {
        synchronized (sources) {
            if (sources.remove(id, source)) {
                registry.remove(id);
            }
        }
    }

    /** Forgets every meter that carries this value of the tag, but for the observed ones: their observers remove them. */
    void removeAll(MeterTag tag, String value) {
        List<Meter> gone = registry.getMeters().stream()
                .filter(meter -> value.equals(meter.getId().getTag(tag.key())))
                .filter(meter -> !sources.containsKey(meter.getId()))
                .toList();
        gone.forEach(registry::remove);
    }

    private static void expect(Meters meter, MeterType type) {
        if (meter.type() != type) {
            throw new IllegalArgumentException(meter + " is a " + meter.type() + ", not a " + type);
        }
    }

    private static @Nullable String baseUnit(Meters meter) {
        return meter.unit() == MeterUnit.NONE ? null : meter.unit().word();
    }

    private static Tags tags(Meters meter, String... values) {
        List<MeterTag> keys = meter.tags();
        if (keys.size() != values.length) {
            throw new IllegalArgumentException(meter + " has the tags " + keys + ", not " + values.length);
        }
        Tags tags = Tags.empty();
        for (int i = 0; i < values.length; i++) {
            tags = tags.and(keys.get(i).key(), values[i]);
        }
        return tags;
    }
}
