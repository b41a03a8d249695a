package io.aiproxy.cli;

import io.aiproxy.cli.Values.BadValue;
import io.aiproxy.usage.JournalRecords;
import io.aiproxy.usage.RecordJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code aiproxy usage show-journal}: what is in files of a journal, for people and for {@code import-records}. */
@Command(
        name = "show-journal",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Prints the records in files of a journal, data/journal/journal-*.aiproxy, as JSON, one in each line.",
            "Changes nothing, and needs neither the books nor the configuration."
        })
final class ShowJournalCommand implements Callable<Integer> {
    private final Shell shell;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files of a journal.")
    private List<String> files = List.of();

    ShowJournalCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws UserError {
        boolean whole = true;
        for (String name : files) {
            JournalRecords found = show(name);
            if (found.unreadable() > 0 || found.damagedBytes() > 0) {
                whole = false;
                shell.err()
                        .println(name + ": " + found.records() + " records; " + found.damagedBytes()
                                + " bytes between them are damaged, " + found.unreadable()
                                + " records were written by another version of aiproxy");
            }
        }
        shell.out().flush();
        return whole ? 0 : 1;
    }

    private JournalRecords show(String name) throws UserError {
        try {
            Path file = Values.path(new Given(name, "FILE", shell.workingDir(), true));
            if (!Files.isRegularFile(file)) {
                throw new UserError(file + " does not exist");
            }
            return JournalRecords.each(
                    file, record -> shell.out().println(new String(RecordJson.bytes(record), StandardCharsets.UTF_8)));
        } catch (BadValue e) {
            throw new UserError("FILE: " + e.getMessage());
        } catch (IOException e) {
            throw new UserError("the journal cannot be read: " + e.getMessage());
        }
    }
}
