package io.aiproxy.wire;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The connections of one event loop to one target. The most recently used one is taken first, so that those not needed
 * grow old and close.
 */
final class UpstreamPool {
    /** An unused connection is closed after this; most servers close theirs after 60 to 75 seconds. */
    static final Duration IDLE = Duration.ofSeconds(55);

    private final ArrayDeque<UpstreamHandler> idle = new ArrayDeque<>();
    private final List<Http2Upstream> multiplexed = new ArrayList<>(1);
    private final ArrayDeque<UpstreamExchange> waiting = new ArrayDeque<>();
    private boolean speaksHttp2;
    private int connecting;

    /** Puts the exchange onto a connection that is there; false if a new one is needed. */
    boolean reuse(UpstreamExchange exchange) {
        UpstreamHandler connection = idle.pollLast();
        while (connection != null) {
            if (connection.active()) {
                connection.start(exchange);
                return true;
            }
            connection = idle.pollLast();
        }
        for (Http2Upstream connection2 : multiplexed) {
            if (connection2.hasRoom()) {
                connection2.open(exchange);
                return true;
            }
        }
        if (speaksHttp2 && connecting > 0) {
            waiting.add(exchange); // the connection being made will have room for many
            return true;
        }
        return false;
    }

    void connecting() {
        connecting++;
    }

    /** A connection was made, or could not be made. */
    void connected() {
        connecting--;
    }

    /** Whether those who wait for a connection being made would wait in vain. */
    boolean waitsForNothing() {
        return connecting == 0;
    }

    /** Exchanges that were waiting for a connection being made. */
    List<UpstreamExchange> takeWaiting() {
        List<UpstreamExchange> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }

    void speaksHttp2(boolean yes) {
        speaksHttp2 = yes;
    }

    void add(Http2Upstream connection) {
        multiplexed.add(connection);
    }

    void remove(Http2Upstream connection) {
        multiplexed.remove(connection);
    }

    void giveBack(UpstreamHandler connection) {
        idle.addLast(connection);
    }

    void forget(UpstreamHandler connection) {
        idle.remove(connection);
    }

    int idleConnections() {
        return idle.size();
    }
}
