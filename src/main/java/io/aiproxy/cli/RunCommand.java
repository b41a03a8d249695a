package io.aiproxy.cli;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** {@code aiproxy} and {@code aiproxy run}: starts the gateway. The flags may stand before and behind the word. */
@Command(
        versionProvider = Version.class,
        sortOptions = false,
        description = "Starts the gateway.",
        optionListHeading = "%nSettings, each with its flag, environment variable, property and default:%n",
        footerHeading = "%n",
        footer = {
            "A flag goes before the environment, that before <config>/application.properties, that before the default."
                    + " Relative paths are relative to the working directory, those in application.properties to the"
                    + " configuration directory. Other keys in application.properties go to Camel (camel.*) and to"
                    + " placeholders in route files.",
            "",
            "Without a configuration the gateway starts a demo that answers by itself.",
            "Exit codes: 0 stopped in order, 1 the configuration cannot be used, 2 the command line is wrong."
        })
final class RunCommand implements Callable<Integer> {
    private final Shell shell;
    private final Runner runner;
    private final CommandLine commandLine;

    private RunCommand(Shell shell, Runner runner) {
        this.shell = shell;
        this.runner = runner;
        this.commandLine = new CommandLine(this);
        CommandSpec spec = commandLine.getCommandSpec();
        for (Setting setting : Setting.values()) {
            spec.addOption(option(setting));
        }
        spec.mixinStandardHelpOptions(true);
    }

    /** The command, ready to be given a name and sub-commands. */
    static CommandLine create(Shell shell, Runner runner) {
        return new RunCommand(shell, runner).commandLine;
    }

    /** Whether one of the settings' flags stands in what was parsed. */
    static boolean hasFlags(ParseResult parsed) {
        return !flags(parsed).isEmpty();
    }

    @Override
    public Integer call() throws Exception {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        CommandLine parent = commandLine.getParent();
        if (parent != null) {
            flags.putAll(flags(parent.getParseResult()));
        }
        flags.putAll(flags(commandLine.getParseResult()));
        return PlainRun.run(flags, runner, shell);
    }

    private static Map<Setting, String> flags(ParseResult parsed) {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            if (parsed.hasMatchedOption(setting.flag())) {
                flags.put(setting, parsed.matchedOptionValue(setting.flag(), ""));
            }
        }
        return flags;
    }

    private static OptionSpec option(Setting setting) {
        String names =
                setting.variable() + setting.property().map(name -> ", " + name).orElse("");
        return OptionSpec.builder(setting.flag())
                .type(String.class)
                .paramLabel(setting.label())
                .description(setting.description(), names, "default: " + setting.fallback())
                .build();
    }
}
