package io.aiproxy.core;

/** The only source of time, so that tests can move it. */
public interface Ticker {
    /** Monotonic nanoseconds from an arbitrary start. */
    long nanos();

    /** Wall-clock milliseconds since 1970. */
    long millis();

    /** The machine's clocks. */
    Ticker SYSTEM = new Ticker() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long millis() {
            return System.currentTimeMillis();
        }
    };
}
