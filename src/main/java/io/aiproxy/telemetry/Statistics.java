package io.aiproxy.telemetry;

import io.aiproxy.core.Ending;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.ReceiptSink;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The numbers behind the status pages: exact under concurrency, by channel id and user id. They start at zero with the
 * process, and go on where an earlier one has ended once somebody tells what that was ({@link #seed}).
 *
 * <p>A call succeeds when its status is below 400 and it ended {@link Ending#OK}. A WebSocket handshake that was answered
 * with 101 succeeds however its socket ends, and the socket's life is no response time. Any other answer to a handshake is a
 * failure.
 *
 * <p>A socket's receipt comes when the socket closes, a refused handshake's when its answer has left. Handshakes are told
 * of earlier, with {@link #handshakeAttempted()} and {@link #handshakeOpened()}, so that sockets that live for hours are
 * counted while they live; each of these is then followed by its receipt. If nobody tells, the receipts alone count. By
 * channel and by user a socket counts when it closes, as every call does when it ends.
 */
public final class Statistics implements ReceiptSink {
    private final LongAdder calls = new LongAdder();
    private final LongAdder goodCalls = new LongAdder();
    private final LongAdder callNanos = new LongAdder();
    private final LongAdder handshakesAttempted = new LongAdder();
    private final LongAdder handshakesOpened = new LongAdder();
    private final LongAdder handshakesRefused = new LongAdder();
    private final LongAdder handshakesUncounted = new LongAdder();
    private final LongAdder socketsClosed = new LongAdder();
    private final Inflight openSockets;
    private final AtomicLong lastSecond = new AtomicLong();
    private final LongAdder untimedCalls = new LongAdder();
    private final AtomicLong sinceMillis = new AtomicLong();
    private final ConcurrentHashMap<String, Counts> channels = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Counts> users = new ConcurrentHashMap<>();

    /** Adders of one channel or user. */
    private static final class Counts {
        private final LongAdder all = new LongAdder();
        private final LongAdder succeeded = new LongAdder();

        void add(boolean success) {
            all.increment();
            if (success) {
                succeeded.increment();
            }
        }

        void add(Tally tally) {
            all.add(tally.requests());
            succeeded.add(tally.successful());
        }
    }

    /**
     * Calls of a channel or a user.
     *
     * @param requests calls in all
     * @param successful those that succeeded
     */
    public record Tally(long requests, long successful) {
        private static final Tally NONE = new Tally(0, 0);
    }

    /**
     * What was counted before this process.
     *
     * @param calls calls that were no WebSockets
     * @param goodCalls those of them that succeeded
     * @param timedCalls those of them whose durations are known
     * @param timedNanos the durations of these together
     * @param sockets WebSockets that were opened
     * @param lastSecond when the last call ended, seconds since 1970
     * @param sinceMillis when counting began, milliseconds since 1970
     * @param channels by id of the channel
     * @param users by id of the user
     */
    public record Seed(
            long calls,
            long goodCalls,
            long timedCalls,
            long timedNanos,
            long sockets,
            long lastSecond,
            long sinceMillis,
            Map<String, Tally> channels,
            Map<String, Tally> users) {}

    /**
     * Everything together. The parts fit each other: {@code http + webSocket == requests} and
     * {@code successful + failed <= requests}; what is missing there are handshakes that are not decided yet.
     *
     * @param requests calls in all, open sockets included
     * @param successful those that succeeded
     * @param failed those that did not
     * @param http calls that were no WebSocket handshakes
     * @param webSocket handshakes tried
     * @param webSocketOpened handshakes answered with 101
     * @param webSocketOpen sockets open now
     * @param meanNanos mean duration of the calls that were no handshakes; 0 before the first
     * @param lastSecond when the last call ended, seconds since 1970; 0 before the first
     */
    public record Totals(
            long requests,
            long successful,
            long failed,
            long http,
            long webSocket,
            long webSocketOpened,
            long webSocketOpen,
            long meanNanos,
            long lastSecond) {}

    /** At zero, for a gateway whose open sockets nobody counts. */
    public Statistics() {
        this(new Inflight());
    }

    /** @param openSockets what is open now; kept elsewhere */
    Statistics(Inflight openSockets) {
        this.openSockets = openSockets;
    }

    /** Books a receipt, if it counts. Called on event loops; never blocks. */
    @Override
    public void accept(Receipt receipt) {
        boolean handshake = Sessions.handshake(receipt);
        boolean opened = handshake && Sessions.opened(receipt);
        if (!receipt.counted()) {
            if (handshake && !opened) {
                // Somebody shook hands with an operational page: told of as tried, and yet no call.
                handshakesUncounted.increment();
            }
            return;
        }
        boolean success = opened || (!handshake && receipt.status() < 400 && receipt.ending() == Ending.OK);
        if (opened) {
            socketsClosed.increment();
        } else if (handshake) {
            handshakesRefused.increment();
        } else {
            call(success, receipt.durationNanos());
        }
        if (!receipt.channel().isEmpty()) {
            counts(channels, receipt.channel()).add(success);
        }
        if (!receipt.userId().isEmpty()) {
            counts(users, receipt.userId()).add(success);
        }
        seen((receipt.startedMillis() + receipt.durationNanos() / 1_000_000) / 1000);
    }

    /** The whole before its parts, and the reader the other way round: a part never exceeds its whole. */
    private void call(boolean success, long nanos) {
        calls.increment();
        callNanos.add(nanos);
        if (success) {
            goodCalls.increment();
        }
    }

    private static Counts counts(ConcurrentHashMap<String, Counts> map, String id) {
        Counts counts = map.get(id);
        return counts == null ? map.computeIfAbsent(id, unused -> new Counts()) : counts;
    }

    private void seen(long second) {
        long last = lastSecond.get();
        while (second > last && !lastSecond.compareAndSet(last, second)) {
            last = lastSecond.get();
        }
    }

    /** A WebSocket handshake has arrived. Called on event loops, before {@link #handshakeOpened()}. */
    public void handshakeAttempted() {
        handshakesAttempted.increment();
    }

    /** A WebSocket is open: its handshake was answered with 101. Called on event loops. */
    public void handshakeOpened() {
        handshakesOpened.increment();
    }

    /**
     * Adds what was counted before this process; what this process has counted meanwhile stays. Any thread; only the first
     * one counts.
     *
     * @return whether it was the first
     */
    public boolean seed(Seed seed) {
        if (!sinceMillis.compareAndSet(0, seed.sinceMillis)) {
            return false;
        }
        calls.add(seed.calls);
        untimedCalls.add(seed.calls - seed.timedCalls);
        callNanos.add(seed.timedNanos);
        goodCalls.add(seed.goodCalls);
        handshakesAttempted.add(seed.sockets);
        handshakesOpened.add(seed.sockets);
        socketsClosed.add(seed.sockets);
        seed.channels.forEach((id, tally) -> counts(channels, id).add(tally));
        seed.users.forEach((id, tally) -> counts(users, id).add(tally));
        seen(seed.lastSecond);
        return true;
    }

    /** When counting began, milliseconds since 1970; 0: with this process. Any thread. */
    public long sinceMillis() {
        return sinceMillis.get();
    }

    /** Everything together, now. Any thread. */
    public Totals totals() {
        long good = goodCalls.sum();
        long nanos = callNanos.sum();
        long untimed = untimedCalls.sum();
        long http = calls.sum();
        long timed = http - untimed;

        // Latest first: whoever has closed had opened, and whoever has opened had tried. Where nobody tells of
        // handshakes, receipts are believed.
        long refused = handshakesRefused.sum();
        long uncounted = handshakesUncounted.sum();
        long opened = Math.max(socketsClosed.sum(), handshakesOpened.sum());
        long tried = Math.max(handshakesAttempted.sum() - uncounted, opened + refused);
        return new Totals(
                http + tried,
                good + opened,
                http - good + refused,
                http,
                tried,
                opened,
                Math.max(0, openSockets.now()),
                timed <= 0 ? 0 : nanos / timed,
                lastSecond.get());
    }

    /** Calls that went to a channel, by its id. Any thread. */
    public Tally channel(String id) {
        return tally(channels.get(id));
    }

    /** Calls of a user, by id. Any thread. */
    public Tally user(String id) {
        return tally(users.get(id));
    }

    private static Tally tally(@Nullable Counts counts) {
        if (counts == null) {
            return Tally.NONE;
        }
        long successful = counts.succeeded.sum();
        return new Tally(counts.all.sum(), successful);
    }
}
