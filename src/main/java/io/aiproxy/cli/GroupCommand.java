package io.aiproxy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** A word that only groups other commands, such as {@code aiproxy tls}: alone it is a mistake. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
final class GroupCommand implements Callable<Integer> {
    private final CommandLine commandLine = new CommandLine(this);

    private GroupCommand() {}

    /** A group with one line of help. */
    static CommandLine create(String description) {
        CommandLine commandLine = new GroupCommand().commandLine;
        commandLine.getCommandSpec().usageMessage().description(description);
        return commandLine;
    }

    @Override
    public Integer call() {
        throw new ParameterException(
                commandLine,
                "which? " + String.join(", ", commandLine.getSubcommands().keySet()));
    }
}
