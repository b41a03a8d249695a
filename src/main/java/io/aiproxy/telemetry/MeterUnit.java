package io.aiproxy.telemetry;

import java.util.Locale;

/** What a meter's value is counted in. */
public enum MeterUnit {
    /** Things, as the meter's name says. */
    NONE,
    /** Bytes. */
    BYTES,
    /** Seconds. */
    SECONDS;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
