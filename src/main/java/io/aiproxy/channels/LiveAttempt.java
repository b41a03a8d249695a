package io.aiproxy.channels;

/**
 * One attempt at a candidate while it lives: in flight from its beginning until its call is over or goes elsewhere.
 * Confined to the call's event loop.
 */
public final class LiveAttempt {
    private final CandidateHealth candidate;
    private final long begunNanos;
    private final Breaker.Pass pass;
    private long tookNanos = -1;
    private boolean judged;
    private boolean over;

    LiveAttempt(CandidateHealth candidate, long begunNanos, Breaker.Pass pass) {
        this.candidate = candidate;
        this.begunNanos = begunNanos;
        this.pass = pass;
    }

    /** The response head has arrived, or it is clear that none will: what comes later is no longer the channel's time. */
    public void decided() {
        if (tookNanos < 0) {
            tookNanos = Math.max(0, candidate.now() - begunNanos);
        }
    }

    /**
     * What came of it. Counts once.
     *
     * @param callersOwnKey the channel was shown a key of the caller's own, so that a refusal says nothing about the
     *     gateway's credential
     */
    public void judged(Outcome outcome, boolean callersOwnKey) {
        if (judged) {
            return;
        }
        judged = true;
        decided();
        switch (OutcomeKind.of(outcome)) {
            case DEAD -> {
                candidate.neither(pass);
                if (!callersOwnKey) {
                    candidate.refused();
                }
            }
            case THROTTLED -> {
                candidate.neither(pass);
                if (!callersOwnKey && outcome instanceof Outcome.Response response) {
                    candidate.throttled(response.retryAfterNanos());
                }
            }
            case FULL -> candidate.neither(pass);
            case PASSING, STAYING -> {
                if (CandidateHealth.blames(outcome)) {
                    candidate.failed(pass, tookNanos);
                } else {
                    candidate.neither(pass);
                }
            }
            case FINAL -> {
                if (outcome instanceof Outcome.Response response && response.status() < 400) {
                    candidate.succeeded(pass, begunNanos, tookNanos);
                } else {
                    candidate.neither(pass);
                }
            }
        }
    }

    /** The call is over, or goes elsewhere. Counts once; what was not judged until now has shown nothing. */
    public void over() {
        if (over) {
            return;
        }
        over = true;
        if (!judged) {
            judged = true;
            candidate.neither(pass);
        }
        candidate.ended();
    }
}
