package io.aiproxy.telemetry;

import io.aiproxy.core.Attempt;
import io.aiproxy.core.Ending;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.ReceiptSink;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Books receipts into {@link Meters}. */
final class MeterSink implements ReceiptSink {
    /** The gateway's own time is below a millisecond when all is well. */
    /** Of so many channels rows are made before they are needed; of a thousand that would hold up the start. */
    private static final int FEW = 100;

    private static final Duration[] OVERHEADS = Stream.of(
                    50, 100, 200, 300, 500, 750, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000, 1_000_000)
            .map(micros -> Duration.ofNanos(micros * 1_000L))
            .toArray(Duration[]::new);

    /** Different operations told apart. */
    static final int OPERATIONS = 64;
    /** Different reasons of the gateway for closing a socket. */
    static final int REASONS = 16;

    private final MeterRegistrar registrar;
    private final ChannelMeters.Words words = new ChannelMeters.Words(new TagWords(OPERATIONS), new TagWords(REASONS));
    private final Timer overhead;
    private final ChannelMeters none;
    private final ChannelMeters other;
    private final LazyMeter<Counter> otherRefusals;
    private final Map<String, LazyMeter<Counter>> refusals;

    /** By channel id; replaced as a whole, never changed. */
    private volatile Map<String, ChannelMeters> channels = Map.of();

    /** Of channels that are gone, as long as sockets are open there, by id. Guarded by this. */
    private final Map<String, SocketMeters> removed = new HashMap<>();

    MeterSink(MeterRegistry registry) {
        this.registrar = new MeterRegistrar(registry);
        this.overhead = registrar.histogram(Meters.GATEWAY_OVERHEAD, OVERHEADS);
        this.none = channelMeters(Meters.NONE, new SocketMeters(registrar, Meters.NONE));
        this.other = channelMeters(Meters.OTHER, new SocketMeters(registrar, Meters.OTHER));
        none.disconnects(); // callers who leave before a channel is chosen
        this.otherRefusals = refusal(Meters.OTHER);
        this.refusals = Stream.of(FailureKind.values())
                .map(FailureKind::code)
                .collect(Collectors.toUnmodifiableMap(code -> code, this::refusal));
    }

    MeterRegistrar registrar() {
        return registrar;
    }

    private ChannelMeters channelMeters(String channel, SocketMeters sockets) {
        return new ChannelMeters(registrar, channel, words, sockets);
    }

    /**
     * From now on these channels are tags, and the meters of those that were and are no more are gone; those of open
     * sockets go when the last of them closes. Any thread.
     */
    synchronized void channels(Set<String> ids) {
        removed.values().removeIf(SocketMeters::giveUp);
        Map<String, ChannelMeters> before = channels;
        Map<String, ChannelMeters> after = new HashMap<>();
        for (String id : ids) {
            if (!reserved(id)) {
                ChannelMeters known = before.get(id);
                if (known == null) {
                    known = channelMeters(id, sockets(id));
                    if (ids.size() <= FEW) {
                        known.configured();
                    }
                }
                after.put(id, known);
            }
        }
        channels = Map.copyOf(after);
        before.forEach((id, gone) -> {
            if (!after.containsKey(id)) {
                registrar.removeAll(MeterTag.CHANNEL, id);
                gone.sockets().configured(false);
                removed.put(id, gone.sockets());
            }
        });
    }

    /** If a channel comes back while sockets of its former life are open, they are the same channel's. */
    private SocketMeters sockets(String id) {
        SocketMeters former = removed.remove(id);
        if (former == null) {
            return new SocketMeters(registrar, id);
        }
        former.configured(true);
        return former;
    }

    private static boolean reserved(String id) {
        return id.equals(Meters.NONE) || id.equals(Meters.OTHER);
    }

    /** Books a receipt, if it counts. Called on event loops; never blocks. */
    @Override
    public void accept(Receipt receipt) {
        if (!receipt.counted()) {
            return;
        }
        channel(receipt.channel()).book(receipt);
        if (receipt.overheadNanos() >= 0) {
            overhead.record(receipt.overheadNanos(), TimeUnit.NANOSECONDS);
        }
        attempts(receipt.attempts());
        if (receipt.ending() == Ending.REFUSED) {
            refusals.getOrDefault(receipt.failure(), otherRefusals).meter().increment();
        }
    }

    /** So much was used. Any thread. */
    void used(Used used) {
        channel(used.channel()).usage().book(used);
    }

    /** A credential of this channel is not as it was. Any thread. */
    void healthChanged(String channel, String state) {
        if (channels.containsKey(channel)) {
            registrar.counter(Meters.HEALTH_CHANGES, channel, state).increment();
        }
    }

    /** The open WebSockets of a channel. Called on event loops; never blocks. */
    SocketMeters socketsOf(String channel) {
        return channel(channel).sockets();
    }

    private ChannelMeters channel(String id) {
        if (id.isEmpty()) {
            return none;
        }
        ChannelMeters known = channels.get(id);
        return known == null ? other : known;
    }

    private void attempts(List<Attempt> attempts) {
        for (int i = 0; i < attempts.size(); i++) {
            Attempt attempt = attempts.get(i);
            ChannelMeters channel = channel(attempt.channel());
            channel.attempted(attempt);
            if (i + 1 < attempts.size() && !attempts.get(i + 1).channel().equals(attempt.channel())) {
                channel.left();
            }
        }
    }

    private LazyMeter<Counter> refusal(String code) {
        return new LazyMeter<>(() -> registrar.counter(Meters.REFUSALS, code));
    }
}
