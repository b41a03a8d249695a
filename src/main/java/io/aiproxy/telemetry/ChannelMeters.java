package io.aiproxy.telemetry;

import io.aiproxy.core.Attempt;
import io.aiproxy.core.Ending;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The meters of one channel, looked up once and then reached by position. Of a configured channel the few rows that are
 * known beforehand are registered at once: {@code rate()} in Prometheus sees no increase in a row's first value. Where there
 * are many combinations, those that never happen are never registered, so that the page of metrics does not consist of zeros.
 */
final class ChannelMeters {
    /** From a refusal at once to a reasoning model's half hour. */
    private static final Duration[] DURATIONS = millis(
            10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 40_000, 60_000, 120_000, 300_000, 600_000,
            1_800_000);

    /**
     * Words that become tags, those of all channels together.
     *
     * @param operations of the dialects
     * @param reasons of the gateway for closing sockets
     */
    record Words(TagWords operations, TagWords reasons) {}

    private static final String[] STATUSES = {Meters.NONE, "1xx", "2xx", "3xx", "4xx", "5xx"};

    private final MeterRegistrar registrar;
    private final String channel;
    private final TagWords names;
    private final SocketMeters sockets;
    private final SessionMeters sessions;
    private final ConcurrentHashMap<String, OperationMeters> operations = new ConcurrentHashMap<>();
    private final LazyMeter<Counter> goodAttempts;
    private final LazyMeter<Counter> attempts4xx;
    private final LazyMeter<Counter> attempts5xx;
    private final Map<FailureKind, LazyMeter<Counter>> failedAttempts = new EnumMap<>(FailureKind.class);
    private final Counter requestBody;
    private final Counter responseBody;
    private final Counter failovers;
    private final LazyMeter<Counter> leftWaiting;
    private final LazyMeter<Counter> leftReading;
    private final UsageMeters usage;

    ChannelMeters(MeterRegistrar registrar, String channel, Words words, SocketMeters sockets) {
        this.registrar = registrar;
        this.channel = channel;
        this.names = words.operations();
        this.sockets = sockets;
        this.sessions = new SessionMeters(registrar, channel, words.reasons());
        this.requestBody = registrar.counter(Meters.REQUEST_BODY, channel);
        this.responseBody = registrar.counter(Meters.RESPONSE_BODY, channel);
        this.failovers = registrar.counter(Meters.FAILOVERS, channel);
        this.leftWaiting =
                new LazyMeter<>(() -> registrar.counter(Meters.CLIENT_DISCONNECTS, channel, "before_answer"));
        this.leftReading = new LazyMeter<>(() -> registrar.counter(Meters.CLIENT_DISCONNECTS, channel, "in_answer"));
        this.usage = new UsageMeters(registrar, channel);
        this.goodAttempts = new LazyMeter<>(() -> registrar.counter(Meters.ATTEMPTS, channel, "ok"));
        this.attempts4xx = new LazyMeter<>(() -> registrar.counter(Meters.ATTEMPTS, channel, "4xx"));
        this.attempts5xx = new LazyMeter<>(() -> registrar.counter(Meters.ATTEMPTS, channel, "5xx"));
        for (FailureKind kind : FailureKind.values()) {
            failedAttempts.put(kind, new LazyMeter<>(() -> registrar.counter(Meters.ATTEMPTS, channel, kind.code())));
        }
    }

    private static Duration[] millis(long... millis) {
        Duration[] durations = new Duration[millis.length];
        for (int i = 0; i < millis.length; i++) {
            durations[i] = Duration.ofMillis(millis[i]);
        }
        return durations;
    }

    /** The channel is in the configuration: registers what is known of it beforehand. */
    void configured() {
        goodAttempts.meter();
        attempts4xx.meter();
        attempts5xx.meter();
        disconnects();
        usage.configured();
    }

    /** Registers the rows of callers who leave. */
    void disconnects() {
        leftWaiting.meter();
        leftReading.meter();
    }

    /** Its WebSockets while they are open. */
    SocketMeters sockets() {
        return sockets;
    }

    /** What is used here. */
    UsageMeters usage() {
        return usage;
    }

    /** Books a call that ended at this channel. */
    void book(Receipt receipt) {
        OperationMeters operation = operation(receipt.operation());
        operation.ended(receipt.status(), receipt.ending());
        if (Sessions.opened(receipt)) {
            // Its bytes were counted as they passed.
            sessions.ended(receipt);
        } else {
            answered(receipt, operation);
            if (Sessions.handshake(receipt)) {
                sessions.refused(receipt);
            }
        }
        if (receipt.ending() == Ending.CANCELLED) {
            (receipt.firstByteNanos() < 0 ? leftWaiting : leftReading).meter().increment();
        }
    }

    private void answered(Receipt receipt, OperationMeters operation) {
        operation.duration.meter().record(receipt.durationNanos(), TimeUnit.NANOSECONDS);
        if (receipt.firstByteNanos() >= 0) {
            operation.firstByte.meter().record(receipt.firstByteNanos(), TimeUnit.NANOSECONDS);
        }
        if (receipt.bytesIn() > 0) {
            requestBody.increment((double) receipt.bytesIn());
        }
        if (receipt.bytesOut() > 0) {
            responseBody.increment((double) receipt.bytesOut());
        }
    }

    /** Books a try at this channel. */
    void attempted(Attempt attempt) {
        LazyMeter<Counter> failed = attempt.failure().isEmpty()
                ? null
                : failedAttempts.get(attempt.failure().get());
        (failed == null ? answered(attempt.status()) : failed).meter().increment();
    }

    private LazyMeter<Counter> answered(int status) {
        return status >= 500 ? attempts5xx : status >= 400 ? attempts4xx : goodAttempts;
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
        private final LazyMeter<Timer> duration;
        private final LazyMeter<Timer> firstByte;
        private final Map<Ending, List<LazyMeter<Counter>>> calls = new EnumMap<>(Ending.class);

        OperationMeters(String operation) {
            this.duration =
                    new LazyMeter<>(() -> registrar.histogram(Meters.CALL_DURATION, DURATIONS, channel, operation));
            this.firstByte =
                    new LazyMeter<>(() -> registrar.histogram(Meters.CALL_FIRST_BYTE, DURATIONS, channel, operation));
            for (Ending ending : Ending.values()) {
                calls.put(ending, byStatus(operation, ending));
            }
        }

        private List<LazyMeter<Counter>> byStatus(String operation, Ending ending) {
            return Stream.of(STATUSES)
                    .map(status -> new LazyMeter<>(
                            () -> registrar.counter(Meters.CALLS, channel, operation, status, ending.tag())))
                    .toList();
        }

        void ended(int status, Ending ending) {
            List<LazyMeter<Counter>> byStatus = calls.get(ending);
            if (byStatus != null) {
                int statusClass = status >= 100 && status < 600 ? status / 100 : 0;
                byStatus.get(statusClass).meter().increment();
            }
        }
    }
}
