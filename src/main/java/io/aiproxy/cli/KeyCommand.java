package io.aiproxy.cli;

import io.aiproxy.core.RandomKey;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code aiproxy key new}: makes a proxy key for a user. Nothing is stored; the key goes into users.yaml by hand. */
@Command(
        name = "new",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Makes a random proxy key and shows where it belongs in users.yaml.")
final class KeyCommand implements Callable<Integer> {
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9_.-]{0,32}");

    private final Shell shell;

    @Option(
            names = "--prefix",
            paramLabel = "TEXT",
            defaultValue = "pk_",
            description = {"What the key begins with, so that people and secret scanners know it.", "default: pk_"})
    private String prefix = "pk_";

    @Option(
            names = "--sha256",
            description = "Shows its digest for users.yaml: whoever reads that file then cannot use the key.")
    private boolean digest;

    KeyCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws UserError {
        if (!PREFIX.matcher(prefix).matches()) {
            throw new UserError("--prefix: use at most 32 letters, digits, _, - and .");
        }
        String key = RandomKey.make(prefix);
        PrintWriter out = shell.out();
        out.println(key);
        out.println();
        out.println("# in users.yaml:");
        out.println("users:");
        out.println("  YOUR_USER_HERE:");
        out.println("    channels: [YOUR_CHANNEL_HERE]");
        out.println("    keys:");
        List<String> lines = digest ? KeyHashCommand.lines(key) : List.of("proxy_key: " + key);
        out.println("      - " + lines.get(0));
        lines.stream().skip(1).forEach(line -> out.println("        " + line));
        out.println("        name: laptop");
        return 0;
    }
}
