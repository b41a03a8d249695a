package io.aiproxy.telemetry.tracing;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Ids of spans: random ones, and those that were given away already and are to be used now. */
final class Ids implements IdGenerator {
    private static final IdGenerator RANDOM = IdGenerator.random();

    private static final ThreadLocal<@Nullable Chosen> CHOSEN = new ThreadLocal<>();

    /** What the next span of this thread is called. */
    private record Chosen(String traceId, String spanId) {}

    static String span() {
        return RANDOM.generateSpanId();
    }

    static String trace() {
        return RANDOM.generateTraceId();
    }

    /** Runs {@code maker}, which makes one span, so that it gets these ids. */
    <T> T with(String traceId, String spanId, Supplier<T> maker) {
        CHOSEN.set(new Chosen(traceId, spanId));
        try {
            return maker.get();
        } finally {
            CHOSEN.remove();
        }
    }

    @Override
    public String generateSpanId() {
        Chosen now = CHOSEN.get();
        return now == null ? RANDOM.generateSpanId() : now.spanId();
    }

    @Override
    public String generateTraceId() {
        Chosen now = CHOSEN.get();
        return now == null ? RANDOM.generateTraceId() : now.traceId();
    }
}
