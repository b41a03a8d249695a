package io.aiproxy.telemetry;

import io.aiproxy.core.Ending;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.ReceiptSink;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The numbers since the start, behind the status pages: exact under concurrency, by channel id and user id. They start
 * at zero with the process.
 *
 * <p>A call succeeds when its status is below 400 and it ended {@link Ending#OK}. A WebSocket handshake that was answered
 * with 101 succeeds however its socket ends, and the socket's life is no response time.
 *
 * <p>A socket's receipt comes when the socket closes. Whoever opens sockets can tell of them earlier, with
 * {@link #handshakeAttempted()} and {@link #handshakeOpened()}; then sockets that are open now and handshakes that were
 * refused are counted as such. Without that, sockets are counted when they close.
 */
public final class Statistics implements ReceiptSink {
    private static final int SWITCHING_PROTOCOLS = 101;

    private final LongAdder receipts = new LongAdder();
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder upgraded = new LongAdder();
    private final LongAdder answeredNanos = new LongAdder();
    private final LongAdder handshakesAttempted = new LongAdder();
    private final LongAdder handshakesOpened = new LongAdder();
    private final AtomicLong lastSecond = new AtomicLong();
    private final ConcurrentHashMap<String, Counts> channels = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Counts> users = new ConcurrentHashMap<>();

    /** Adders of one channel or user. */
    private static final class Counts {
        private final LongAdder all = new LongAdder();
        private final LongAdder succeeded = new LongAdder();

        void add(boolean success) {
            if (success) {
                succeeded.increment();
            }
            all.increment();
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
     * Everything together. The parts fit each other: {@code successful <= requests} and
     * {@code http + webSocket == requests}.
     *
     * @param requests calls in all, open sockets included
     * @param successful those that succeeded
     * @param http calls that were no WebSocket handshakes
     * @param webSocket handshakes tried
     * @param webSocketOpened handshakes answered with 101
     * @param meanNanos mean duration of the calls that were no handshakes; 0 before the first
     * @param lastSecond when the last call ended, seconds since 1970; 0 before the first
     */
    public record Totals(
            long requests,
            long successful,
            long http,
            long webSocket,
            long webSocketOpened,
            long meanNanos,
            long lastSecond) {}

    /** Books a receipt, if it counts. Called on event loops; never blocks. */
    @Override
    public void accept(Receipt receipt) {
        if (!receipt.counted()) {
            return;
        }
        boolean socket = receipt.status() == SWITCHING_PROTOCOLS;
        boolean success = socket || (receipt.status() < 400 && receipt.ending() == Ending.OK);
        // Parts before the whole, and the reader the other way round: a part never exceeds its whole.
        if (success) {
            succeeded.increment();
        }
        if (socket) {
            upgraded.increment();
        } else {
            answeredNanos.add(receipt.durationNanos());
        }
        receipts.increment();
        if (!receipt.channel().isEmpty()) {
            counts(channels, receipt.channel()).add(success);
        }
        if (!receipt.userId().isEmpty()) {
            counts(users, receipt.userId()).add(success);
        }
        seen((receipt.startedMillis() + receipt.durationNanos() / 1_000_000) / 1000);
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

    /** Everything together, now. Any thread. */
    public Totals totals() {
        long opened = handshakesOpened.sum();
        long attempted = handshakesAttempted.sum();
        long closed = upgraded.sum();
        long good = succeeded.sum();
        long nanos = answeredNanos.sum();
        long booked = Math.max(receipts.sum(), good);

        // Sockets that nobody told of while they were open are known from their receipts alone.
        long allOpened = Math.max(opened, closed);
        long webSocket = Math.max(attempted, allOpened);
        long open = allOpened - closed;
        long refused = webSocket - allOpened;
        long http = Math.max(0, booked - closed - refused);
        long answered = booked - closed;
        return new Totals(
                http + webSocket,
                Math.min(good + open, http + webSocket),
                http,
                webSocket,
                allOpened,
                answered == 0 ? 0 : nanos / answered,
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
