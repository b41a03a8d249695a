package io.aiproxy.telemetry;

import io.micrometer.core.instrument.Meter;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A meter that is registered when it is first needed, which may be at the start; until then it takes no row on the page of metrics. */
final class LazyMeter<M extends Meter> {
    private final Supplier<M> registration;
    private volatile @Nullable M meter;

    /** @param registration gives the same meter however often it is asked */
    LazyMeter(Supplier<M> registration) {
        this.registration = registration;
    }

    /** The meter. Called on event loops. */
    M meter() {
        M known = meter;
        if (known == null) {
            known = registration.get();
            meter = known;
        }
        return known;
    }
}
