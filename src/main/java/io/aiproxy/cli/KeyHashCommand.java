package io.aiproxy.cli;

import io.aiproxy.config.KeyPrefix;
import io.aiproxy.core.KeyDigest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;

/**
 * {@code aiproxy key hash}: what stands in the configuration instead of a key. The key is read and not an argument, which
 * every process of the machine could see.
 */
@Command(
        name = "hash",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Reads a key from its standard input and shows its SHA-256 and its prefix, which may stand in users.yaml"
                    + " (and in admin.yaml) instead of the key."
        })
final class KeyHashCommand implements Callable<Integer> {
    /** As the configuration wants keys. */
    private static final Pattern KEY = Pattern.compile("[!-~]{8,}");

    private final Shell shell;

    KeyHashCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws UserError {
        String key = read();
        if (!KEY.matcher(key).matches()) {
            throw new UserError("the key must be one line of at least 8 visible ASCII characters without spaces, on"
                    + " the standard input");
        }
        lines(key).forEach(shell.out()::println);
        return 0;
    }

    /** The lines that stand for a key. */
    static List<String> lines(String key) {
        return List.of(
                "sha256: " + KeyDigest.of(key).hex(),
                "prefix: '" + KeyPrefix.of(key).replace("'", "''") + "'");
    }

    private String read() throws UserError {
        try {
            String line = new BufferedReader(new InputStreamReader(shell.in(), StandardCharsets.UTF_8)).readLine();
            return line == null ? "" : line.strip();
        } catch (IOException e) {
            throw new UserError("the standard input cannot be read: " + e.getMessage());
        }
    }
}
