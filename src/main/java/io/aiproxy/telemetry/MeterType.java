package io.aiproxy.telemetry;

import io.micrometer.core.instrument.Meter;

/** What a meter is. */
public enum MeterType {
    /** Counts up. */
    COUNTER(Meter.Type.COUNTER),
    /** A value now. */
    GAUGE(Meter.Type.GAUGE),
    /** Count, sum and buckets of durations. */
    HISTOGRAM(Meter.Type.TIMER);

    private final Meter.Type kind;

    MeterType(Meter.Type kind) {
        this.kind = kind;
    }

    /** As Micrometer calls it, which decides the suffix of the name in Prometheus. */
    Meter.Type kind() {
        return kind;
    }
}
