package io.aiproxy.channels;

import java.util.Locale;

/** How a candidate is. All but {@link #OK} end by themselves, or by a probe or call that succeeds. */
public enum Condition {
    /** Tried like any other. */
    OK,
    /** Refused or throttled lately. */
    COOLING_DOWN,
    /** Too many calls have failed lately: the circuit breaker is open. */
    OPEN,
    /** The breaker lets a few calls through to find out. */
    HALF_OPEN,
    /** A probe has found it dead. */
    PROBE_FAILED;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The word on pages, in logs and in metrics. */
    public String word() {
        return word;
    }
}
