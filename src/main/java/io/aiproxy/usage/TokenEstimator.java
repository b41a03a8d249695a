package io.aiproxy.usage;

import io.aiproxy.core.Attempt;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.Transcript;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageField;
import io.aiproxy.core.UsageSource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts tokens in what was said, as OpenAI's models would. Of long requests and answers only the beginning is there: all of
 * it is taken to be like that. A call that no channel has worked on has used nothing. Pictures, sound and what a model has
 * thought without saying it cannot be counted.
 *
 * <p>Any thread; takes a few milliseconds for the longest transcript, and half a second when an encoding is first needed
 * by one who has not asked whether it is {@link #ready}.
 */
public final class TokenEstimator implements Estimator {
    private static final Logger LOG = LoggerFactory.getLogger(TokenEstimator.class);
    /** Around each message and its role, and before the answer (cookbook.openai.com, counting tokens for chat calls). */
    private static final int PER_MESSAGE = 4;

    private static final int BEFORE_ANSWER = 3;
    private static final String SPEECH = "audio.speech";

    private final TokenCounter counter = new TokenCounter();
    private final AtomicBoolean troubled = new AtomicBoolean();

    @Override
    public Usage estimate(Receipt receipt) {
        Usage told = receipt.usage().orElse(Usage.NONE);
        if (!countable(receipt)) {
            return told;
        }
        try {
            return estimate(told, receipt, receipt.transcript().orElseThrow());
        } catch (RuntimeException | LinkageError e) {
            if (troubled.compareAndSet(false, true)) {
                LOG.error(
                        "Usage that providers do not tell cannot be estimated; it is booked as far as it was told", e);
            }
            return told;
        }
    }

    @Override
    public boolean ready(Receipt receipt, Runnable whenReady) {
        return !countable(receipt) || counter.ready(model(receipt), whenReady);
    }

    private static boolean countable(Receipt receipt) {
        return receipt.source() == UsageSource.ESTIMATED && receipt.transcript().isPresent() && worked(receipt);
    }

    private static String model(Receipt receipt) {
        return receipt.modelAnswered().isEmpty() ? receipt.model() : receipt.modelAnswered();
    }

    /** Whether a channel has got the request and may have worked on it. */
    private static boolean worked(Receipt receipt) {
        boolean left = receipt.status() == FailureKind.CLIENT_CLOSED_REQUEST.status();
        if (receipt.status() >= 400 && !left) {
            return false;
        }
        List<Attempt> attempts = receipt.attempts();
        for (int i = 0; i < attempts.size(); i++) {
            if (attempts.get(i).worked()) {
                return true;
            }
        }
        return false;
    }

    private Usage estimate(Usage told, Receipt receipt, Transcript said) {
        String model = model(receipt);
        if (said.kind() != Transcript.Kind.REQUEST) {
            return told.plus(talk(said, model));
        }
        AskedText asked = AskedText.of(said.asked());
        boolean speech = receipt.operation().equals(SPEECH);
        return UsageField.usage(field -> switch (field) {
            case INPUT_TOKENS -> told.inputTokens() > 0 ? told.inputTokens() : input(asked, said, model);
            case OUTPUT_TOKENS -> Math.max(told.outputTokens(), output(asked, said, model));
            case CHARACTERS -> speech && told.characters() == 0 ? characters(asked, said) : told.characters();
            default -> field.of(told);
        });
    }

    /** What comes to the usage that was told on a WebSocket. */
    private Usage talk(Transcript said, String model) {
        String asked = said.asked();
        double times = asked.isEmpty() ? 0 : (double) said.askedBytes() / asked.getBytes(StandardCharsets.UTF_8).length;
        if (said.kind() == Transcript.Kind.SPEECH) {
            String text = asked.strip();
            return new Usage(
                    0, 0, 0, 0, 0, 0, 0, 0, Math.round(text.codePointCount(0, text.length()) * times), 0, 0, 0, 0, 0);
        }
        long input = times == 0 ? 0 : Math.round(counter.count(asked, model) * times);
        long output = said.answered().isEmpty()
                ? 0
                : Math.round(counter.count(said.answered(), model)
                        * ((double) said.answeredChars() / said.answered().length()));
        return new Usage(input, output, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private long input(AskedText asked, Transcript said, String model) {
        double tokens = counter.count(asked.text(), model) + asked.ids();
        if (asked.messages() > 0) {
            tokens += PER_MESSAGE * asked.messages() + BEFORE_ANSWER;
        }
        return Math.round(tokens * share(said));
    }

    /** All of the request, measured by its beginning. */
    private static double share(Transcript said) {
        int seen = said.asked().getBytes(StandardCharsets.UTF_8).length;
        return seen == 0 ? 0 : Math.max(1, (double) said.askedBytes() / seen);
    }

    private static long characters(AskedText asked, Transcript said) {
        String text = asked.text().strip();
        return Math.round(text.codePointCount(0, text.length()) * share(said));
    }

    private long output(AskedText asked, Transcript said, String model) {
        String answered = said.answered();
        if (answered.isEmpty()) {
            return 0;
        }
        double whole = Math.max(1, (double) said.answeredChars() / answered.length());
        long tokens = Math.round(counter.count(answered, model) * whole);
        return said.maxTokens() > 0 ? Math.min(tokens, said.maxTokens() * asked.choices()) : tokens;
    }
}
