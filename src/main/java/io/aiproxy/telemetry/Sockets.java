package io.aiproxy.telemetry;

import io.aiproxy.core.SocketWatch;
import java.util.function.Function;

/** Counts WebSockets while they live: into the statistics, the gateway's state and the meters of their channels. */
final class Sockets implements SocketWatch {
    private final Statistics statistics;
    private final Inflight open;
    private final Function<String, SocketMeters> meters;

    /**
     * @param statistics told of handshakes
     * @param open all that are open
     * @param meters by channel id
     */
    Sockets(Statistics statistics, Inflight open, Function<String, SocketMeters> meters) {
        this.statistics = statistics;
        this.open = open;
        this.meters = meters;
    }

    @Override
    public void attempted() {
        statistics.handshakeAttempted();
    }

    @Override
    public Live opened(String channel) {
        statistics.handshakeOpened();
        open.begun();
        SocketMeters channelMeters = meters.apply(channel);
        while (!channelMeters.opened()) {
            // The channel was removed from the configuration between these two lines.
            channelMeters = meters.apply(channel);
        }
        return new OpenSocket(channelMeters, open);
    }

    /** One open socket; holds what it adds to, so that nothing is looked up while it lives. */
    private static final class OpenSocket implements Live {
        private final SocketMeters meters;
        private final Inflight open;
        private boolean closed;

        OpenSocket(SocketMeters meters, Inflight open) {
            this.meters = meters;
            this.open = open;
        }

        @Override
        public void carried(long framesIn, long bytesIn, long framesOut, long bytesOut) {
            meters.carried(framesIn, bytesIn, framesOut, bytesOut);
        }

        /** Once: both sides of a socket may report its end. */
        @Override
        public void closed() {
            if (!closed) {
                closed = true;
                open.ended();
                meters.closed();
            }
        }
    }
}
