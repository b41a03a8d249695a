package io.aiproxy.cli;

import io.aiproxy.app.Stores;
import io.aiproxy.app.doctor.Doctor;
import io.aiproxy.cli.SettingsException.Problem;
import io.aiproxy.usage.Prices;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/** The commands of {@code java -jar aiproxy.jar}, and how their mistakes are told: in a sentence, with an exit code. */
public final class Cli {
    private static final int WIDTH = 100;
    private static final String RUN = "run";

    private Cli() {}

    /**
     * Runs the command that {@code args} name; none means {@code run}.
     *
     * @param tokens where {@code doctor} has channels' tokens from: {@code TokenSource::fetch}
     * @return the process's exit code: 0 done, 1 a problem with files or configuration, 2 a wrong command line
     */
    public static int execute(String[] args, Runner runner, Doctor.Tokens tokens) {
        Shell shell = new Shell(
                System.getenv(), Path.of("").toAbsolutePath(), System.in, console(System.out), console(System.err));
        return execute(args, runner, tokens, shell);
    }

    /** As above, with the commands that read books. */
    public static int execute(String[] args, Runner runner, Doctor.Tokens tokens, BooksOpener books) {
        Shell shell = new Shell(
                System.getenv(), Path.of("").toAbsolutePath(), System.in, console(System.out), console(System.err));
        return execute(args, runner, tokens, books, shell);
    }

    static int execute(String[] args, Runner runner, Doctor.Tokens tokens, BooksOpener books, Shell shell) {
        if (onlyRuns(args)) {
            return run(args, runner, shell);
        }
        StoreOpener stores =
                settings -> Stores.open(settings, shell.environment()::get).config();
        CommandLine root = root(runner, tokens, shell);
        root.addSubcommand("admin", AdminTokenCommand.group(shell, stores));
        root.addSubcommand(new ReportCommand(shell, books));
        root.addSubcommand(new ReconcileCommand(shell, books));
        return execute(root, args, shell);
    }

    /** The console does not say its encoding before Java 19; the platform's is the best guess. */
    private static PrintWriter console(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, Charset.defaultCharset()), true);
    }

    static int execute(String[] args, Runner runner, Doctor.Tokens tokens, Shell shell) {
        StoreOpener stores =
                settings -> Stores.open(settings, shell.environment()::get).config();
        return execute(args, runner, tokens, stores, shell);
    }

    static int execute(String[] args, Runner runner, Doctor.Tokens tokens, StoreOpener stores, Shell shell) {
        if (onlyRuns(args)) {
            return run(args, runner, shell);
        }
        CommandLine root = root(runner, tokens, shell);
        root.addSubcommand("admin", AdminTokenCommand.group(shell, stores));
        return execute(root, args, shell);
    }

    /** Whether no other command can be meant: a gateway then starts without the time that it takes to describe them all. */
    private static boolean onlyRuns(String[] args) {
        return args.length == 0 || args[0].equals(RUN);
    }

    private static int run(String[] args, Runner runner, Shell shell) {
        Optional<Map<Setting, String>> flags = PlainRun.flags(args);
        if (flags.isEmpty()) {
            return execute(running(runner, shell), args, shell);
        }
        try {
            return PlainRun.run(flags.get(), runner, shell);
        } catch (Exception e) {
            return failedPlainly(e, shell.err());
        }
    }

    private static int failedPlainly(Exception e, PrintWriter err) {
        try {
            return failed(e, err);
        } catch (Exception defect) {
            defect.printStackTrace(err);
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private static CommandLine running(Runner runner, Shell shell) {
        return RunCommand.create(shell, runner)
                .setCommandName("aiproxy")
                .addSubcommand(RUN, RunCommand.create(shell, runner));
    }

    private static CommandLine root(Runner runner, Doctor.Tokens tokens, Shell shell) {
        CommandLine root = running(runner, shell)
                .addSubcommand(new CheckCommand(shell))
                .addSubcommand(new DoctorCommand(shell, tokens))
                .addSubcommand(new ImportCommand(shell))
                .addSubcommand(new MigrateCommand(
                        shell, (database, config, data, environment) -> Stores.open(database, config, data, environment)
                                .config()))
                .addSubcommand(new BackupCommand(shell))
                .addSubcommand(new RestoreCommand(shell))
                .addSubcommand("usage", UsageCommand.group(shell, Prices::of))
                .addSubcommand("tls", GroupCommand.create("Certificates.").addSubcommand(new SelfSignedCommand(shell)))
                .addSubcommand(
                        "key",
                        GroupCommand.create("Proxy keys.")
                                .addSubcommand(new KeyCommand(shell))
                                .addSubcommand(new KeyHashCommand(shell)));
        root.getCommandSpec()
                .usageMessage()
                .description("AI gateway: one port, one key per person, every AI platform behind it.");
        return root;
    }

    private static int execute(CommandLine root, String[] args, Shell shell) {
        return root.setOut(shell.out())
                .setErr(shell.err())
                .setUsageHelpWidth(WIDTH)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(Cli::executeLast)
                .setParameterExceptionHandler((e, ignored) -> wrongUsage(e))
                .setExecutionExceptionHandler((e, command, ignored) -> failed(e, shell.err()))
                .execute(args);
    }

    private static int executeLast(ParseResult parsed) {
        if (parsed.hasSubcommand() && RunCommand.hasFlags(parsed)) {
            CommandLine sub = parsed.subcommand().commandSpec().commandLine();
            if (!sub.getCommandName().equals(RUN)) {
                throw new ParameterException(
                        sub, "settings of the gateway have no effect before " + sub.getCommandName());
            }
        }
        return new RunLast().execute(parsed);
    }

    private static int wrongUsage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("aiproxy: " + e.getMessage());
        UnmatchedArgumentException.printSuggestions(e, err);
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception e, PrintWriter err) throws Exception {
        if (e instanceof UserError) {
            err.println("aiproxy: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
        if (e instanceof SettingsException settings) {
            List<Problem> problems = settings.problems();
            err.println("aiproxy: " + (problems.size() == 1 ? "a setting" : problems.size() + " settings")
                    + " cannot be used:");
            problems.forEach(problem -> err.println("  " + problem));
            return settings.exitCode();
        }
        throw e;
    }
}
