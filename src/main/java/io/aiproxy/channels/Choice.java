package io.aiproxy.channels;

import java.util.List;

/** What may serve a call, by the rules alone: the {@link Balancer} says in which order it is tried. */
public final class Choice {
    private final Options options;
    private final String target;

    Choice(Options options, String target) {
        this.options = options;
        this.target = target;
    }

    Options options() {
        return options;
    }

    /** All candidates as the configuration has them, never empty. Makes a list: not for every call. */
    public List<Candidate> candidates() {
        return options.candidates();
    }

    /** The request's target without a channel prefix, otherwise byte for byte. */
    public String target() {
        return target;
    }
}
