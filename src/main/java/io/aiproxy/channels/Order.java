package io.aiproxy.channels;

import io.aiproxy.config.GroupConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The candidates of one call in the order in which they are to be tried:
 *
 * <ol>
 *   <li>those that are well, tier by tier: in a group by its strategy, at a channel by the channel's; where a session is
 *       at home before the others of its group
 *   <li>those that get nothing new (weight 0)
 *   <li>those that are left in peace, whoever is back first before the others. None is ever left out: the only candidate
 *       is always tried
 * </ol>
 *
 * <p>Made as it is asked for. Confined to the call's event loop.
 */
public final class Order implements Candidates {
    private final Options options;
    private final Balancer balancer;
    private final SessionNames names;

    private int tier = -1;
    private Ring.@Nullable Turn members;
    private Ring.@Nullable Turn credentials;
    private @Nullable Entry member;
    /** The candidate where the session of the current tier is at home, given before its turn. */
    private @Nullable Candidate home;

    private @Nullable Candidate first;
    private @Nullable Set<Candidate> given;
    private @Nullable LeftOver left;
    private @Nullable List<Named> sessions;

    /** The name of the call's session in one tier. */
    private record Named(Tier tier, String session, GroupConfig.Session config) {}

    Order(Options options, Balancer balancer, SessionNames names) {
        this.options = options;
        this.balancer = balancer;
        this.names = names;
    }

    @Override
    public int size() {
        return options.size();
    }

    @Override
    public Candidate next() {
        Candidate next = left == null ? ready() : null;
        if (next == null) {
            next = leftOver();
        }
        if (first == null) {
            first = next;
        } else {
            given().add(next);
        }
        return next;
    }

    private Set<Candidate> given() {
        Set<Candidate> known = given;
        if (known == null) {
            known = Collections.newSetFromMap(new IdentityHashMap<>());
            given = known;
            if (first != null) {
                known.add(first);
            }
        }
        return known;
    }

    /** The next one that is well; null when there is none any more. */
    private @Nullable Candidate ready() {
        while (true) {
            Candidate found = credential();
            if (found != null) {
                return found;
            }
            if (nextMember()) {
                continue;
            }
            if (++tier >= options.tiers().size()) {
                return null;
            }
            Candidate atHome = enter(options.tiers().get(tier));
            if (atHome != null) {
                return atHome;
            }
        }
    }

    private @Nullable Candidate credential() {
        Ring.Turn turn = credentials;
        Entry at = member;
        if (turn == null || at == null) {
            return null;
        }
        int position = turn.next();
        Candidate found = position < 0 ? null : at.candidates().get(position);
        return found != null && isHome(found) ? credential() : found;
    }

    @SuppressWarnings("ReferenceEquality") // one object per snapshot; comparing all of its fields costs much
    private boolean isHome(Candidate candidate) {
        return candidate == home;
    }

    private boolean nextMember() {
        Ring.Turn turn = members;
        int position = turn == null ? -1 : turn.next();
        if (position < 0) {
            return false;
        }
        at(options.tiers().get(tier).members().get(position));
        return true;
    }

    private void at(Entry entry) {
        member = entry;
        credentials = entry.ring().turn();
    }

    /** Goes to a tier; returns the candidate where its session is at home, if it is well. */
    private @Nullable Candidate enter(Tier next) {
        credentials = null;
        home = null;
        Ring ring = next.ring();
        if (ring == null) {
            members = null;
            at(next.members().get(0));
            return null;
        }
        members = ring.turn();
        Optional<GroupConfig.Session> config = next.session();
        return config.isEmpty() ? null : home(next, config.get());
    }

    private @Nullable Candidate home(Tier at, GroupConfig.Session config) {
        String name = names.of(config);
        if (name.isEmpty()) {
            return null;
        }
        if (sessions == null) {
            sessions = new ArrayList<>(1);
        }
        sessions.add(new Named(at, name, config));
        Bound bound = balancer.sessions().find(at.group(), name);
        Candidate known = bound == null ? null : at.at(bound);
        if (known != null && known.health().waitNanos(balancer.health().now()) == 0) {
            home = known;
        }
        return home;
    }

    private Candidate leftOver() {
        Candidate only = options.only();
        if (only != null && first == null) {
            return only;
        }
        LeftOver rest = left;
        if (rest == null) {
            Set<Candidate> before = first == null ? Set.of() : given();
            rest = new LeftOver(options, before, balancer.health().now());
            left = rest;
        }
        Candidate next = rest.poll();
        if (next == null) {
            throw new NoSuchElementException("all candidates were given");
        }
        return next;
    }

    /** This candidate has served the call: it is where the call's session is at home from now on. */
    public void served(Candidate candidate) {
        List<Named> named = sessions;
        if (named == null) {
            return;
        }
        Bound at = candidate.bound();
        for (Named one : named) {
            if (one.tier.at(at) != null) {
                balancer.sessions().bind(one.tier.group(), one.session, at, one.config.keep());
            }
        }
    }
}
