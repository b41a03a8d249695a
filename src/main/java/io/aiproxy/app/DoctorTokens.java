package io.aiproxy.app;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionStage;

/**
 * Tokens fetched to see whether they can be: with a directory of their own, so that none that a gateway keeps is taken for
 * the answer, and nothing is left behind. Begins with the first use.
 */
public final class DoctorTokens {
    /** The only one. */
    public static final DoctorTokens INSTANCE = new DoctorTokens();

    private final Scratch scratch;
    private final Tokens tokens;

    private DoctorTokens() {
        try {
            scratch = Scratch.make("aiproxy-doctor");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary directory", e);
        }
        tokens = Tokens.open(scratch.directory(), Ticker.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "aiproxy-doctor-end"));
    }

    /** A fresh token, or why there is none. */
    public CompletionStage<Secret> fetch(ChannelConfig channel, CredentialConfig credential) {
        return tokens.fetch(channel, credential);
    }

    private void end() {
        tokens.close();
        try {
            scratch.close();
        } catch (IOException e) {
            scratch.directory().toFile().deleteOnExit();
        }
    }
}
