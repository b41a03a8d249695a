package io.aiproxy.channels;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.core.Ticker;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * How channels and their credentials do: what is under way, how fast they answer, who is left in peace and until when.
 * One per process. Knows exactly the candidates of the configuration in force; what it knows of them outlives a change of
 * the configuration where channel and credential stay the same. Any thread; nothing on a call's way blocks.
 */
public final class Health {
    private final Ticker ticker;
    private final AtomicLong version = new AtomicLong();
    private volatile Map<String, ChannelSeat> roster = Map.of();
    private volatile Consumer<HealthChange> listener = change -> {};

    /** Nothing is known yet. */
    public Health(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Tells of every change from now on; called on event loops and must not block. One listener. */
    public void listen(Consumer<HealthChange> to) {
        listener = to;
    }

    /** The health of a channel with these credentials: what is known where they are the same as now, otherwise nothing. */
    ChannelSeat seat(ChannelConfig channel, List<CredentialConfig> credentials) {
        ChannelSeat known = roster.get(channel.id());
        if (known == null || !known.health().holdsFor(channel)) {
            known = new ChannelSeat(new ChannelHealth(channel), List.of());
        }
        Map<String, CandidateHealth> byName = new HashMap<>();
        known.credentials().forEach(one -> byName.put(one.name(), one));
        List<CandidateHealth> now = new ArrayList<>(credentials.size());
        for (CredentialConfig credential : credentials) {
            CandidateHealth before = byName.get(credential.name());
            now.add(
                    before != null && before.holdsFor(credential)
                            ? before
                            : new CandidateHealth(this, known.health(), credential));
        }
        return new ChannelSeat(known.health(), List.copyOf(now));
    }

    /** The candidates of the configuration that has come into force; all others are forgotten. */
    void inForce(Map<String, ChannelSeat> seats) {
        roster = Map.copyOf(seats);
        touch();
    }

    /** Notices what has changed by the passing of time alone, so that it is told when it happens. */
    public void look() {
        long now = now();
        roster.values().forEach(seat -> seat.credentials().forEach(one -> one.look(now)));
    }

    void lookAt(ChannelHealth channel) {
        touch();
        ChannelSeat seat = roster.get(channel.channel().id());
        if (seat != null && isOf(seat, channel)) {
            long now = now();
            seat.credentials().forEach(one -> one.look(now));
        }
    }

    @SuppressWarnings("ReferenceEquality") // of two with the same id the object tells which is in force
    private static boolean isOf(ChannelSeat seat, ChannelHealth channel) {
        return seat.health() == channel;
    }

    /** Every channel of the configuration in force with its candidates, for pages. */
    public Map<String, List<HealthReport>> report() {
        long now = now();
        Map<String, List<HealthReport>> all = new LinkedHashMap<>();
        roster.keySet().stream().sorted().forEach(id -> all.put(id, report(id, now)));
        return all;
    }

    private List<HealthReport> report(String channel, long now) {
        ChannelSeat seat = roster.get(channel);
        return seat == null
                ? List.of()
                : seat.credentials().stream().map(one -> one.report(now)).toList();
    }

    /** How many credentials of a channel are well, or not. */
    public int count(String channel, boolean well) {
        ChannelSeat seat = roster.get(channel);
        if (seat == null) {
            return 0;
        }
        long now = now();
        int count = 0;
        for (CandidateHealth one : seat.credentials()) {
            Condition condition = one.condition(now);
            count += (condition == Condition.OK || condition == Condition.HALF_OPEN) == well ? 1 : 0;
        }
        return count;
    }

    /** Calls under way at a channel, open WebSockets among them. */
    public int inFlight(String channel) {
        ChannelSeat seat = roster.get(channel);
        return seat == null ? 0 : seat.inFlight();
    }

    /** Counts up whenever somebody's readiness may have changed. */
    long version() {
        return version.get();
    }

    void touch() {
        version.incrementAndGet();
    }

    void tell(HealthChange change) {
        listener.accept(change);
    }

    long now() {
        return ticker.nanos();
    }

    Ticker ticker() {
        return ticker;
    }
}
