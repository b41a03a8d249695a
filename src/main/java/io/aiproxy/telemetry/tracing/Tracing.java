package io.aiproxy.telemetry.tracing;

import io.aiproxy.config.TracingConfig;
import io.aiproxy.core.Call;
import io.aiproxy.core.Receipt;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Traces, if the configuration wants any. Off, it costs a look at a field for each call, and OpenTelemetry's classes are not
 * even loaded.
 */
public final class Tracing implements AutoCloseable {
    private volatile @Nullable Spans spans;
    private TracingConfig config = TracingConfig.OFF;

    /** Whether calls are traced. Any thread. */
    public boolean on() {
        return spans != null;
    }

    /** From now on it is as this says. Blocks for a moment if it was otherwise. */
    public synchronized void configured(TracingConfig wanted) {
        if (wanted.equals(config)) {
            return;
        }
        config = wanted;
        Spans before = spans;
        spans = wanted.endpoint().isPresent() ? new Spans(wanted) : null;
        if (before != null) {
            before.close();
        }
    }

    /**
     * A call begins: it goes on with its caller's trace or begins one, and its spans are told of when it is over. Called on
     * the call's event loop.
     */
    public @Nullable CallTrace begin(Call call) {
        Spans now = spans;
        if (now == null) {
            return null;
        }
        CallTrace trace = new CallTrace(parent(call, now.sample()), Ids.span(), secure(call));
        long startedNanos = call.startedNanos();
        call.whenSettled(receipt -> ended(now, trace, receipt, startedNanos));
        return trace;
    }

    /** As the caller sees it (semantic conventions for HTTP spans, url.scheme): a proxy before the gateway may end its TLS. */
    private static boolean secure(Call call) {
        return call.head().secure()
                || "https".equalsIgnoreCase(call.head().headers().get("x-forwarded-proto"));
    }

    private static CallTrace.Parent parent(Call call, int sample) {
        String told = call.head().headers().get("traceparent");
        if (told != null) {
            String state = call.head().headers().get("tracestate");
            CallTrace.Parent parent =
                    Traceparent.read(told, state == null ? "" : state).orElse(null);
            if (parent != null) {
                return parent;
            }
        }
        boolean sampled = ThreadLocalRandom.current().nextInt(100) < sample;
        return new CallTrace.Parent(Ids.trace(), "", sampled, "");
    }

    private static void ended(Spans spans, CallTrace trace, Receipt receipt, long startedNanos) {
        if (receipt.counted() && trace.parent().sampled()) {
            spans.tell(trace, receipt, startedNanos);
        }
    }

    /** Sends what is still to be sent, for some seconds at most. */
    @Override
    public synchronized void close() {
        configured(TracingConfig.OFF);
    }
}
