package io.aiproxy.channels;

import java.util.List;

/** A channel with the credentials that it has in one snapshot. Ready as soon as one of them is. */
record ChannelSeat(ChannelHealth health, List<CandidateHealth> credentials) implements Seat {
    @Override
    public long waitNanos(long nowNanos) {
        long least = UNKNOWN;
        for (int i = 0; i < credentials.size() && least > 0; i++) {
            least = Math.min(least, credentials.get(i).waitNanos(nowNanos));
        }
        return least;
    }

    @Override
    public int inFlight() {
        return health.inFlight().get();
    }

    @Override
    public double cost(long nowNanos) {
        return health.latency().cost(inFlight(), nowNanos);
    }
}
