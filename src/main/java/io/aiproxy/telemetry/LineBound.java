package io.aiproxy.telemetry;

import io.aiproxy.core.Attempt;
import io.aiproxy.core.Receipt;
import java.util.List;

/** How much of a receipt's texts goes into the access log, in chars, and how long a line may therefore become. */
final class LineBound {
    /** The path, without its query. */
    static final int PATH = 2048;
    /** The client's {@code User-Agent}. */
    static final int USER_AGENT = 256;
    /** The model asked for. */
    static final int MODEL = 256;
    /** Ids, names and words that the gateway's own configuration or code made. */
    static final int NAME = 128;
    /** Channel and credential of an attempt. */
    static final int ATTEMPT_NAME = 64;
    /** Attempts told of; the first ones. */
    static final int ATTEMPTS = 16;

    /** The user's groups; the first ones. */
    static final int GROUPS = 8;
    /** Tags; the configuration allows no more. */
    static final int TAGS = 16;

    /** No line is longer, whatever a receipt holds. */
    static final int LONGEST =
            LineBytes.WORST_PER_CHAR * (PATH + USER_AGENT + 2 * MODEL + (12 + GROUPS + 2 * TAGS) * NAME)
                    + ATTEMPTS * (LineBytes.WORST_PER_CHAR * (2 * ATTEMPT_NAME + NAME) + 160)
                    + SocketFields.LONGEST
                    + LineBytes.WORST_PER_CHAR * NAME
                    + UsageFields.LONGEST
                    + 1400;

    private LineBound() {}

    /** Bytes that the receipt's line needs at most, in either format. */
    static int of(Receipt receipt) {
        int chars = clip(receipt.path(), PATH)
                + clip(receipt.userAgent(), USER_AGENT)
                + clip(receipt.model(), MODEL)
                + clip(receipt.id(), NAME)
                + clip(receipt.userId(), NAME)
                + clip(receipt.keyName(), NAME)
                + clip(receipt.channel(), NAME)
                + clip(receipt.credential(), NAME)
                + clip(receipt.operation(), NAME)
                + clip(receipt.method(), NAME)
                + clip(receipt.failure(), NAME)
                + clip(receipt.client(), NAME)
                + clip(receipt.modelAnswered(), MODEL)
                + clip(receipt.template(), NAME)
                + clip(receipt.work(), NAME)
                + labels(receipt);
        // 1400: the fields' own names, numbers, times and ellipses; 160 the same for an attempt.
        return 1400
                + LineBytes.WORST_PER_CHAR * chars
                + attempts(receipt.attempts())
                + session(receipt)
                + usage(receipt);
    }

    /** Groups and tags, with the few characters around each. */
    private static int labels(Receipt receipt) {
        int chars = 0;
        for (int i = 0; i < Math.min(receipt.groups().size(), GROUPS); i++) {
            chars += 4 + clip(receipt.groups().get(i), NAME);
        }
        if (!receipt.tags().isEmpty()) {
            chars += TAGS * 2 * NAME;
        }
        return chars;
    }

    private static int session(Receipt receipt) {
        if (receipt.socket().isEmpty()) {
            return 0;
        }
        return SocketFields.LONGEST
                + LineBytes.WORST_PER_CHAR * clip(receipt.socket().get().reason(), NAME);
    }

    private static int usage(Receipt receipt) {
        return receipt.usage().isPresent() ? UsageFields.LONGEST : 0;
    }

    private static int attempts(List<Attempt> attempts) {
        int bytes = 0;
        for (int i = 0; i < Math.min(attempts.size(), ATTEMPTS); i++) {
            Attempt attempt = attempts.get(i);
            int chars = clip(attempt.channel(), ATTEMPT_NAME) + clip(attempt.credential(), ATTEMPT_NAME) + NAME;
            bytes += 160 + LineBytes.WORST_PER_CHAR * chars;
        }
        return bytes;
    }

    private static int clip(String text, int max) {
        return Math.min(text.length(), max);
    }
}
