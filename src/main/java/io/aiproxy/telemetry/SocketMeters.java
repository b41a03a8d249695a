package io.aiproxy.telemetry;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The WebSockets of one channel while they are open. Rows appear with the first socket. When the channel leaves the
 * configuration, they stay until its last socket has closed: who removes a channel wants to see it run empty, and a
 * socket does not become another channel's by that.
 */
final class SocketMeters {
    /** Instead of a number of open sockets: there will never be one again. */
    private static final int GIVEN_UP = -1;

    private final MeterRegistrar registrar;
    private final String channel;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder opened = new LongAdder();
    private final LongAdder framesIn = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder framesOut = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();

    private volatile boolean removed;

    /** Each takes a row away; empty while none are shown. Guarded by this. */
    private List<Runnable> rows = List.of();

    /** @param channel a configured one, or {@link Meters#OTHER} */
    SocketMeters(MeterRegistrar registrar, String channel) {
        this.registrar = registrar;
        this.channel = channel;
    }

    /**
     * One more is open. Called on event loops.
     *
     * @return false if these meters were given up meanwhile: there are others for the channel then
     */
    boolean opened() {
        int before = open.get();
        while (before != GIVEN_UP && !open.compareAndSet(before, before + 1)) {
            before = open.get();
        }
        if (before == GIVEN_UP) {
            return false;
        }
        opened.increment();
        if (before == 0) {
            refresh();
        }
        return true;
    }

    /** One has closed. Called on event loops. */
    void closed() {
        if (open.decrementAndGet() == 0 && removed) {
            refresh();
        }
    }

    /** An open one has carried so much more. Called for every read of a socket: additions and nothing else. */
    void carried(long moreFramesIn, long moreBytesIn, long moreFramesOut, long moreBytesOut) {
        add(framesIn, moreFramesIn);
        add(bytesIn, moreBytesIn);
        add(framesOut, moreFramesOut);
        add(bytesOut, moreBytesOut);
    }

    /** Mostly one direction is zero, and its adders need not be fetched into this core's cache for that. */
    private static void add(LongAdder to, long more) {
        if (more != 0) {
            to.add(more);
        }
    }

    /** The channel is in the configuration, or not any more. Any thread. */
    void configured(boolean yes) {
        removed = !yes;
        refresh();
    }

    /** Gives these meters up if no socket is open: the channel was removed and is remembered no longer. Any thread. */
    boolean giveUp() {
        return open.compareAndSet(0, GIVEN_UP);
    }

    /**
     * Shows or hides the rows, as it should be now. Whoever changes what this depends on comes here afterwards, so the
     * last to come sees everything.
     */
    private synchronized void refresh() {
        boolean wanted = open.get() > 0 || (!removed && opened.sum() > 0);
        if (wanted && rows.isEmpty()) {
            rows = show();
        } else if (!wanted) {
            rows.forEach(Runnable::run);
            rows = List.of();
        }
    }

    private List<Runnable> show() {
        return List.of(
                registrar.observe(Meters.WEBSOCKETS_OPEN, open::get, channel),
                registrar.observe(Meters.WEBSOCKET_HANDSHAKES, opened::sum, channel, Meters.OPENED),
                registrar.observe(Meters.WEBSOCKET_FRAMES, framesIn::sum, channel, "in"),
                registrar.observe(Meters.WEBSOCKET_FRAMES, framesOut::sum, channel, "out"),
                registrar.observe(Meters.WEBSOCKET_BYTES, bytesIn::sum, channel, "in"),
                registrar.observe(Meters.WEBSOCKET_BYTES, bytesOut::sum, channel, "out"));
    }
}
