package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig.Quantity;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.UsageSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a call, or one of its attempts, has taken of its limits, or why it has not. Whoever holds it tells it once what became
 * of that; what is told after that changes nothing, but that an estimate may be corrected. Confined to the call's event loop
 * until it is over; after that to whoever {@link Corrections} gives it to.
 */
public final class Taken {
    private final Limits limits;
    private final Wanted wanted;
    private final List<Counters.Standing> standings;
    private final Optional<Failure> refusal;
    private boolean over;
    /** What is booked for it; null before it is over, and where nothing was used because the call went on elsewhere. */
    private Metering.@Nullable Use booked;

    /**
     * What was asked for.
     *
     * @param asked the call
     * @param limits that concern it
     * @param claims at each of them
     * @param millis when, wall clock
     */
    record Wanted(Asked asked, List<Limit> limits, List<Counters.Claim> claims, long millis) {}

    Taken(Limits limits, Wanted wanted, List<Counters.Standing> standings, Optional<Failure> refusal) {
        this.limits = limits;
        this.wanted = wanted;
        this.standings = standings;
        this.refusal = refusal;
        this.over = refusal.isPresent() || wanted.claims().isEmpty();
    }

    static Taken nothing(Limits limits, Asked asked, long millis) {
        return new Taken(limits, new Wanted(asked, List.of(), List.of(), millis), List.of(), Optional.empty());
    }

    /** Why nothing was taken; empty when all was. */
    public Optional<Failure> refusal() {
        return refusal;
    }

    /** The call is over: what is under way is less by one, and estimates become what was used. */
    public void over(Receipt receipt) {
        if (over) {
            return;
        }
        Metering.Use use = limits.metering().after(wanted.asked(), receipt);
        end(use, false);
        booked = use;
        if (receipt.source() == UsageSource.ESTIMATED && metered()) {
            limits.corrections().await(receipt.id(), this).ifPresent(this::corrected);
        }
    }

    /**
     * What was booked when it was {@link #over} was an estimate, and this is what was really used. To tell the same again
     * changes nothing; before it is over nothing is booked that could be corrected.
     */
    void corrected(Metering.Use use) {
        Metering.Use before = booked;
        if (before == null || before.equals(use)) {
            return;
        }
        booked = use;
        List<Counters.Claim> differences = new ArrayList<>(wanted.claims().size());
        for (Counters.Claim claim : wanted.claims()) {
            long difference =
                    switch (claim.counter().limit().quantity()) {
                        case TOKENS -> use.tokens() - before.tokens();
                        case COST -> use.cost() - before.cost();
                        case REQUESTS, CONCURRENT, SOCKETS -> 0;
                    };
            if (difference != 0) {
                differences.add(new Counters.Claim(claim.counter(), difference));
            }
        }
        if (!differences.isEmpty()) {
            limits.counters().correct(differences, wanted.millis());
        }
    }

    private boolean metered() {
        for (Counters.Claim claim : wanted.claims()) {
            Quantity quantity = claim.counter().limit().quantity();
            if (quantity == Quantity.TOKENS || quantity == Quantity.COST) {
                return true;
            }
        }
        return false;
    }

    /** The attempt has come to nothing and goes on elsewhere: only the request itself stays counted. */
    public void replaced() {
        end(Metering.Use.NOTHING, false);
    }

    /** What it was taken for was never sent: all of it is given back. */
    public void undo() {
        end(Metering.Use.NOTHING, true);
    }

    private void end(Metering.Use use, boolean unsent) {
        if (over) {
            return;
        }
        over = true;
        List<Counters.Claim> differences = new ArrayList<>(wanted.claims().size());
        for (int i = 0; i < wanted.claims().size(); i++) {
            Counters.Claim claim = wanted.claims().get(i);
            Quantity quantity = claim.counter().limit().quantity();
            long real =
                    switch (quantity) {
                        case REQUESTS -> unsent ? 0 : claim.amount();
                        case CONCURRENT, SOCKETS -> 0;
                        case TOKENS -> use.tokens();
                        case COST -> use.cost();
                    };
            if (real != claim.amount()) {
                differences.add(new Counters.Claim(claim.counter(), real - claim.amount()));
            }
        }
        if (!differences.isEmpty()) {
            limits.counters().correct(differences, wanted.millis());
        }
    }

    /**
     * Header fields that tell callers how their limits of requests and tokens stand, in the words of their dialect; of each
     * kind the limit of which the least is left.
     */
    public List<Map.Entry<String, String>> headers(Dialect dialect) {
        List<Map.Entry<String, String>> fields = new ArrayList<>(6);
        add(fields, dialect, Quantity.REQUESTS);
        add(fields, dialect, Quantity.TOKENS);
        return fields;
    }

    private void add(List<Map.Entry<String, String>> fields, Dialect dialect, Quantity quantity) {
        int tightest = -1;
        for (int i = 0; i < standings.size(); i++) {
            Limit limit = wanted.limits().get(i);
            boolean counts =
                    limit.config().quantity() == quantity && !limit.config().shadow();
            if (counts && (tightest < 0 || left(i) < left(tightest))) {
                tightest = i;
            }
        }
        if (tightest >= 0) {
            long limit = wanted.limits().get(tightest).config().amount();
            long reset = standings.get(tightest).resetMillis();
            RateHeaders.add(
                    fields, dialect, quantity, new RateHeaders.Rate(limit, left(tightest), reset, wanted.millis()));
        }
    }

    private long left(int i) {
        return Math.max(
                0, wanted.limits().get(i).config().amount() - standings.get(i).used());
    }
}
