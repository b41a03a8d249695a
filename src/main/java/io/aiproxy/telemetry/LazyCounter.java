package io.aiproxy.telemetry;

import io.micrometer.core.instrument.Counter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A counter that is registered when it first counts: what never happens takes no row on the page of metrics. */
final class LazyCounter {
    private final Supplier<Counter> registration;
    private volatile @Nullable Counter counter;

    /** @param registration gives the same counter however often it is asked */
    LazyCounter(Supplier<Counter> registration) {
        this.registration = registration;
    }

    /** One more. Called on event loops. */
    void increment() {
        Counter known = counter;
        if (known == null) {
            known = registration.get();
            counter = known;
        }
        known.increment();
    }
}
