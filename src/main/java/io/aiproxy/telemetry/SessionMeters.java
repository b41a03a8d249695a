package io.aiproxy.telemetry;

import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.SocketReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What receipts say of one channel's WebSockets: handshakes that failed, how long sessions lasted, how they ended. */
final class SessionMeters {
    /** From a question with its answer to a day. */
    private static final Duration[] LENGTHS = Stream.of(
                    1, 5, 15, 30, 60, 5 * 60, 15 * 60, 30 * 60, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 24 * 3600)
            .map(Duration::ofSeconds)
            .toArray(Duration[]::new);

    private static final Set<String> FAILURES =
            Stream.of(FailureKind.values()).map(FailureKind::code).collect(Collectors.toUnmodifiableSet());

    private final MeterRegistrar registrar;
    private final String channel;
    private final TagWords reasons;
    private final LazyMeter<Timer> length;
    private final ConcurrentHashMap<String, Counter> failedHandshakes = new ConcurrentHashMap<>();
    private final Map<SocketReport.ClosedBy, ConcurrentHashMap<String, Counter>> closes =
            new EnumMap<>(SocketReport.ClosedBy.class);

    /** @param reasons the gateway's own words for why it closes sockets, those of all channels together */
    SessionMeters(MeterRegistrar registrar, String channel, TagWords reasons) {
        this.registrar = registrar;
        this.channel = channel;
        this.reasons = reasons;
        this.length = new LazyMeter<>(() -> registrar.histogram(Meters.WEBSOCKET_DURATION, LENGTHS, channel));
        for (SocketReport.ClosedBy by : SocketReport.ClosedBy.values()) {
            closes.put(by, new ConcurrentHashMap<>());
        }
    }

    /** Books a session that has ended. */
    void ended(Receipt receipt) {
        length.meter().record(receipt.durationNanos(), TimeUnit.NANOSECONDS);
        SocketReport report = Sessions.report(receipt);
        if (report != null) {
            closed(report.closedBy(), cause(report));
        }
    }

    private void closed(SocketReport.ClosedBy by, String cause) {
        ConcurrentHashMap<String, Counter> counters = closes.get(by);
        if (counters != null) {
            counters.computeIfAbsent(
                            cause, unused -> registrar.counter(Meters.WEBSOCKET_CLOSES, channel, by.tag(), cause))
                    .increment();
        }
    }

    private String cause(SocketReport report) {
        boolean gateway = report.closedBy() == SocketReport.ClosedBy.GATEWAY;
        return gateway && !report.reason().isEmpty()
                ? reasons.tag(report.reason())
                : CloseCodes.tag(report.closeCode());
    }

    /** Books a handshake that was answered with something else than 101, or not at all. */
    void refused(Receipt receipt) {
        failedHandshakes
                .computeIfAbsent(
                        outcome(receipt.failure()),
                        outcome -> registrar.counter(Meters.WEBSOCKET_HANDSHAKES, channel, outcome))
                .increment();
    }

    private static String outcome(String failure) {
        if (failure.isEmpty()) {
            return Meters.REFUSED_BY_CHANNEL;
        }
        return FAILURES.contains(failure) ? failure : Meters.OTHER;
    }
}
