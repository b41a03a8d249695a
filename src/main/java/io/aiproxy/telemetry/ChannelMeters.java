package io.aiproxy.telemetry;

import io.aiproxy.core.Attempt;
import io.aiproxy.core.Ending;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one channel, looked up once and then reached by position. What never happens is never registered, so
 * that the page of metrics holds no rows of zeros for every combination.
 */
final class ChannelMeters {
    /** From a refusal at once to a reasoning model's half hour. */
    private static final Duration[] DURATIONS = millis(
            10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 40_000, 60_000, 120_000, 300_000, 600_000,
            1_800_000);

    private static final String[] STATUSES = {Meters.NONE, "1xx", "2xx", "3xx", "4xx", "5xx"};
    private static final Ending[] ENDINGS = Ending.values();
    private static final FailureKind[] KINDS = FailureKind.values();
    private static final int SWITCHING_PROTOCOLS = 101;

    private final MeterRegistrar registrar;
    private final String channel;
    private final OperationNames names;
    private final ConcurrentHashMap<String, OperationMeters> operations = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<@Nullable Counter> attempts = new AtomicReferenceArray<>(KINDS.length + 1);
    private final Counter requestBody;
    private final Counter responseBody;
    private final Counter failovers;
    private final Counter disconnects;

    ChannelMeters(MeterRegistrar registrar, String channel, OperationNames names) {
        this.registrar = registrar;
        this.channel = channel;
        this.names = names;
        this.requestBody = registrar.counter(Meters.REQUEST_BODY, channel);
        this.responseBody = registrar.counter(Meters.RESPONSE_BODY, channel);
        this.failovers = registrar.counter(Meters.FAILOVERS, channel);
        this.disconnects = registrar.counter(Meters.CLIENT_DISCONNECTS, channel);
    }

    private static Duration[] millis(long... millis) {
        Duration[] durations = new Duration[millis.length];
        for (int i = 0; i < millis.length; i++) {
            durations[i] = Duration.ofMillis(millis[i]);
        }
        return durations;
    }

    /** Books a call that ended at this channel. */
    void book(Receipt receipt) {
        OperationMeters operation = operation(receipt.operation());
        operation.calls(receipt.status(), receipt.ending()).increment();
        if (receipt.status() != SWITCHING_PROTOCOLS) {
            operation.duration.record(receipt.durationNanos(), TimeUnit.NANOSECONDS);
            if (receipt.firstByteNanos() >= 0) {
                operation.firstByte.record(receipt.firstByteNanos(), TimeUnit.NANOSECONDS);
            }
        }
        if (receipt.bytesIn() > 0) {
            requestBody.increment(receipt.bytesIn());
        }
        if (receipt.bytesOut() > 0) {
            responseBody.increment(receipt.bytesOut());
        }
        if (receipt.ending() == Ending.CANCELLED) {
            disconnects.increment();
        }
    }

    /** Books a try at this channel. */
    void attempted(Attempt attempt) {
        int outcome = attempt.failure().isEmpty() ? 0 : attempt.failure().get().ordinal() + 1;
        Counter counter = attempts.get(outcome);
        if (counter == null) {
            String tag = outcome == 0 ? "ok" : KINDS[outcome - 1].code();
            counter = registrar.counter(Meters.ATTEMPTS, channel, tag);
            attempts.set(outcome, counter);
        }
        counter.increment();
    }

    /** Books that a call left this channel for another. */
    void left() {
        failovers.increment();
    }

    private OperationMeters operation(String operation) {
        OperationMeters known = operations.get(operation);
        if (known != null) {
            return known;
        }
        String tag = names.tag(operation);
        return operations.computeIfAbsent(tag.equals(Meters.NONE) ? "" : tag, unused -> new OperationMeters(tag));
    }

    /** The meters of one operation at this channel. */
    private final class OperationMeters {
        private final String operation;
        private final Timer duration;
        private final Timer firstByte;
        private final AtomicReferenceArray<@Nullable Counter> calls =
                new AtomicReferenceArray<>(STATUSES.length * ENDINGS.length);

        OperationMeters(String operation) {
            this.operation = operation;
            this.duration = registrar.histogram(Meters.CALL_DURATION, DURATIONS, channel, operation);
            this.firstByte = registrar.histogram(Meters.CALL_FIRST_BYTE, DURATIONS, channel, operation);
        }

        Counter calls(int status, Ending ending) {
            int statusClass = status >= 100 && status < 600 ? status / 100 : 0;
            int place = statusClass * ENDINGS.length + ending.ordinal();
            Counter counter = calls.get(place);
            if (counter == null) {
                counter = registrar.counter(Meters.CALLS, channel, operation, STATUSES[statusClass], ending.tag());
                calls.set(place, counter);
            }
            return counter;
        }
    }
}
