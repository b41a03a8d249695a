package io.aiproxy.app;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.Tokens;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * Tokens fetched to see whether they can be: with a directory of their own, so that none that a gateway keeps is taken for
 * the answer, and nothing is left behind. Begins with the first use.
 */
public final class DoctorTokens {
    /** The only one. */
    public static final DoctorTokens INSTANCE = new DoctorTokens();

    private final Path directory;
    private final Tokens tokens;

    private DoctorTokens() {
        try {
            directory = Files.createTempDirectory("aiproxy-doctor");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary directory", e);
        }
        tokens = Tokens.open(directory, Ticker.SYSTEM, System::getenv);
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "aiproxy-doctor-end"));
    }

    /** A fresh token, or why there is none. */
    public CompletionStage<Secret> fetch(ChannelConfig channel, CredentialConfig credential) {
        return tokens.fetch(channel, credential);
    }

    private void end() {
        tokens.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            directory.toFile().deleteOnExit();
        }
    }
}
