package io.aiproxy.limits;

import io.aiproxy.core.Attempt;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.Usage;
import java.util.List;

/**
 * Tokens as the provider counts them where it tells, otherwise guessed from bytes: of JSON some four make a token (English;
 * of Chinese, in UTF-8, rather three), and a stream wraps each piece of a token or two in an event of some hundred bytes.
 * Before the call its output is what the caller allows at most. Knows no prices: money is 0.
 */
public final class TokenEstimate implements Metering {
    private static final long BYTES_PER_TOKEN = 4;
    private static final long BYTES_PER_EVENT = 160;

    @Override
    public Use before(Asked asked) {
        return new Use(input(asked) + asked.maxTokens(), 0);
    }

    @Override
    public Use after(Asked asked, Receipt receipt) {
        if (receipt.usage().isPresent()) {
            Usage usage = receipt.usage().get();
            return new Use(usage.inputTokens() + usage.outputTokens(), 0);
        }
        boolean left = receipt.status() == FailureKind.CLIENT_CLOSED_REQUEST.status();
        if (!sent(receipt.attempts()) || (receipt.status() >= 400 && !left)) {
            return Use.NOTHING;
        }
        return new Use(input(asked) + output(asked, receipt.bytesOut()), 0);
    }

    private static long input(Asked asked) {
        return asked.json() ? tokens(asked.bodyBytes(), BYTES_PER_TOKEN) : 0;
    }

    /** What is no text (pictures, vectors, sound) or a socket's frames says nothing about tokens. */
    private static long output(Asked asked, long bytesOut) {
        if (!asked.generates() || asked.handshake()) {
            return 0;
        }
        long guessed = tokens(bytesOut, asked.stream() ? BYTES_PER_EVENT : BYTES_PER_TOKEN);
        return asked.maxTokens() > 0 ? Math.min(guessed, asked.maxTokens()) : guessed;
    }

    private static long tokens(long bytes, long each) {
        return (bytes + each - 1) / each;
    }

    /** Whether a channel has got the request and may have worked on it. */
    private static boolean sent(List<Attempt> attempts) {
        for (int i = 0; i < attempts.size(); i++) {
            FailureKind failure = attempts.get(i).failure().orElse(null);
            if (failure == null || failure == FailureKind.CLIENT_CLOSED_REQUEST) {
                return true;
            }
        }
        return false;
    }
}
