package io.aiproxy.channels;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What may serve calls of one kind: the channels that the rules allow, in tiers. Immutable, shared by all such calls. */
final class Options {
    private final List<Tier> tiers;
    private final @Nullable Candidate only;
    private final int size;

    private Options(List<Tier> tiers, @Nullable Candidate only, int size) {
        this.tiers = tiers;
        this.only = only;
        this.size = size;
    }

    static Options of(List<Tier> tiers) {
        int size = 0;
        for (Tier tier : tiers) {
            for (Entry member : tier.members()) {
                size += member.candidates().size();
            }
        }
        return new Options(List.copyOf(tiers), null, size);
    }

    /** This one, whatever its health. */
    static Options of(Candidate only) {
        return new Options(List.of(), only, 1);
    }

    List<Tier> tiers() {
        return tiers;
    }

    /** The only one; null when there are tiers. */
    @Nullable
    Candidate only() {
        return only;
    }

    int size() {
        return size;
    }

    /** All of them as the configuration has them: tier by tier, channel by channel. */
    List<Candidate> candidates() {
        List<Candidate> all = new ArrayList<>(size);
        if (only != null) {
            all.add(only);
        }
        tiers.forEach(tier -> tier.members().forEach(member -> all.addAll(member.candidates())));
        return all;
    }
}
