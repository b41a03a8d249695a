package io.aiproxy.edge;

import io.aiproxy.channels.Candidate;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.TokenSource;
import io.aiproxy.wire.UpstreamAnswer;

/**
 * What follows when a channel answers 401 to a token that was made from a credential: the token may have been taken back
 * early, so the same candidate is tried once more with a fresh one before the 401 counts as the credential's. Once per
 * candidate and call: a fresh token that is refused too is not to blame, and stays.
 */
final class TokenRefresh {
    private final TokenSource tokens;
    private final Ticker ticker;

    TokenRefresh(TokenSource tokens, Ticker ticker) {
        this.tokens = tokens;
        this.ticker = ticker;
    }

    /** Whether the candidate is to be tried again at once; the token that was refused is given to nobody any more. */
    boolean wanted(Journey journey, UpstreamAnswer answer) {
        if (answer.status() != 401) {
            return false;
        }
        Secret token = journey.dispatch().token();
        Candidate candidate = journey.routing().candidate();
        if (token == null || !journey.firstRefusal(candidate)) {
            return false;
        }
        tokens.refused(candidate.channel(), candidate.credential(), token);
        return journey.routing().plan().onceMore(ticker.nanos());
    }
}
