package io.aiproxy.limits;

import io.aiproxy.core.Attempt;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.Ticker;
import io.aiproxy.core.Usage;
import java.util.List;

/**
 * Tokens as the provider counts them where it tells, otherwise guessed from bytes: of JSON some four make a token (English;
 * of Chinese, in UTF-8, rather three), and a stream wraps each piece of a token or two in an event of some hundred bytes.
 * Before the call its output is what the caller allows at most. Money is what these tokens cost.
 */
public final class TokenEstimate implements Metering {
    private static final long BYTES_PER_TOKEN = 4;
    private static final long BYTES_PER_EVENT = 160;

    private final Cost cost;
    private final Ticker ticker;

    /** Where nothing costs anything. */
    public TokenEstimate() {
        this(Cost.NOTHING, Ticker.SYSTEM);
    }

    /**
     * Where usage costs something.
     *
     * @param cost how much
     * @param ticker time
     */
    public TokenEstimate(Cost cost, Ticker ticker) {
        this.cost = cost;
        this.ticker = ticker;
    }

    @Override
    public Use before(Asked asked) {
        Usage usage = tokens(input(asked), asked.maxTokens());
        return Use.of(usage, cost.of(new Cost.Spent(asked.channel(), asked.model(), "", usage, ticker.millis())));
    }

    @Override
    public Use after(Asked asked, Receipt receipt) {
        if (receipt.usage().isPresent()) {
            Usage told = receipt.usage().get();
            return told.equals(Usage.NONE) && failed(receipt) ? Use.NOTHING : use(receipt, told);
        }
        if (!worked(receipt.attempts()) || failed(receipt)) {
            return Use.NOTHING;
        }
        return use(receipt, tokens(input(asked), output(asked, receipt.bytesOut())));
    }

    private Use use(Receipt receipt, Usage usage) {
        Cost.Spent spent = new Cost.Spent(
                receipt.channel(), receipt.model(), receipt.modelAnswered(), usage, receipt.startedMillis());
        return Use.of(usage, cost.of(spent));
    }

    /** Who leaves early has got a part of the answer all the same. */
    private static boolean failed(Receipt receipt) {
        boolean left = receipt.status() == FailureKind.CLIENT_CLOSED_REQUEST.status();
        return receipt.status() >= 400 && !left;
    }

    private static Usage tokens(long input, long output) {
        return new Usage(input, output, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private static long input(Asked asked) {
        return asked.json() ? tokensOf(asked.bodyBytes(), BYTES_PER_TOKEN) : 0;
    }

    /** What is no text (pictures, vectors, sound) or a socket's frames says nothing about tokens. */
    private static long output(Asked asked, long bytesOut) {
        if (!asked.generates() || asked.handshake()) {
            return 0;
        }
        long guessed = tokensOf(bytesOut, asked.stream() ? BYTES_PER_EVENT : BYTES_PER_TOKEN);
        return asked.maxTokens() > 0 ? Math.min(guessed, asked.maxTokens()) : guessed;
    }

    private static long tokensOf(long bytes, long each) {
        return (bytes + each - 1) / each;
    }

    private static boolean worked(List<Attempt> attempts) {
        for (int i = 0; i < attempts.size(); i++) {
            if (attempts.get(i).worked()) {
                return true;
            }
        }
        return false;
    }
}
