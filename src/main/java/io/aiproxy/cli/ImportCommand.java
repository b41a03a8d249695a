package io.aiproxy.cli;

import io.aiproxy.imports.ImportException;
import io.aiproxy.imports.Imported;
import io.aiproxy.imports.Imports;
import io.aiproxy.imports.Kind;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code aiproxy import}: writes our configuration from another system's files, and tells what became of everything. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Writes users.yaml, channels.yaml and, where needed, system.yaml and keys/ from another system's files;",
            "prices.yaml from LiteLLM's price list.",
            "Tells what was taken, what has no counterpart and what looks wrong. Never shows a secret."
        },
        footerHeading = "%n",
        footer = {
            "What is written holds secrets, so it is readable by its owner only. All of it is written, or nothing. The"
                    + " same files give the same result, byte for byte. Look at it with: aiproxy check --config DIR",
            "",
            "Exit codes: 0 written (or told, with --dry-run), 1 nothing was written, 2 the command line is wrong."
        })
final class ImportCommand implements Callable<Integer> {
    private final Shell shell;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            paramLabel = "SYSTEM",
            description =
                    "The system: aiproxy, flow, oauth2, litellm, one-api (also for new-api), or litellm-prices for"
                            + " LiteLLM's price list.")
    private String system = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "FILES",
            description = "Its files, or folders in which they are.")
    private List<String> files = new ArrayList<>();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIR",
            description = "The configuration directory to write to; created if missing.")
    private String to = "";

    @Option(
            names = "--force",
            description = "Replace files that are there with another content; they are kept as <file>.bak-<time>.")
    private boolean force;

    @Option(names = "--dry-run", description = "Only tell; write nothing.")
    private boolean dryRun;

    ImportCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws UserError {
        Kind kind = Kind.of(system).orElseThrow(() -> unknown(spec.commandLine()));
        try {
            Path directory = shell.workingDir().resolve(to).normalize();
            List<Path> paths = files.stream()
                    .map(file -> shell.workingDir().resolve(file).normalize())
                    .toList();
            Imported imported = Imports.read(kind, paths);
            report(imported);
            if (dryRun) {
                plan(imported, directory);
            } else {
                write(imported, directory);
            }
            return 0;
        } catch (ImportException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        } catch (InvalidPathException e) {
            throw new UserError("not a path: " + e.getReason());
        }
    }

    private ParameterException unknown(CommandLine at) {
        String known = Arrays.stream(Kind.values()).map(Kind::word).collect(Collectors.joining(", "));
        return new ParameterException(at, "\"" + system + "\" is no system that can be imported; known are " + known);
    }

    private void report(Imported imported) {
        PrintWriter out = shell.out();
        out.println("Read: " + imported.sources().stream().map(this::shown).collect(Collectors.joining(", ")));
        out.println();
        imported.report().lines().forEach(out::println);
        out.println();
    }

    private void plan(Imported imported, Path directory) throws ImportException {
        PrintWriter out = shell.out();
        out.println("Nothing was written (--dry-run). These files would be, to " + shown(directory) + ":");
        List<String> differing = imported.differing(directory);
        for (String name : imported.names()) {
            String there = "  (exists with another content: needs --force)";
            out.println("  " + name + (differing.contains(name) ? there : ""));
        }
    }

    private void write(Imported imported, Path directory) throws ImportException {
        PrintWriter out = shell.out();
        List<String> kept = imported.write(directory, force, Instant.now());
        out.println("Written to " + shown(directory) + ": " + String.join(", ", imported.names()));
        if (!kept.isEmpty()) {
            out.println("The old files are kept as " + String.join(", ", kept));
        }
        out.println("Now: aiproxy check --config " + shown(directory));
    }

    private String shown(Path path) {
        return (path.startsWith(shell.workingDir()) && !path.equals(shell.workingDir())
                        ? shell.workingDir().relativize(path)
                        : path)
                .toString();
    }
}
