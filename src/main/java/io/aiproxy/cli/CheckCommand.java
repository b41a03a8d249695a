package io.aiproxy.cli;

import io.aiproxy.app.Check;
import io.aiproxy.app.Settings;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.PriceTable;
import io.aiproxy.config.Problem;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.UserConfig;
import io.aiproxy.edge.RouteSetException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code aiproxy check}: says whether a start would succeed, with the start's own messages. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Checks configuration and routes as the start does, without opening a port or writing anything.",
            "It may be run beside a gateway that is at work."
        },
        footerHeading = "%n",
        footer = {
            "Environment variables and application.properties count as for the start.",
            "",
            "Exit codes: 0 all is well, 1 something cannot be used, 2 the command line is wrong."
        })
final class CheckCommand implements Callable<Integer> {
    private final Shell shell;

    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = {"Where users.yaml, channels.yaml and system.yaml are.", "default: ./config"})
    private @Nullable String config;

    @Option(
            names = "--routes",
            paramLabel = "DIR",
            description = {
                "Where the route files are.",
                "default: routes beside the configuration directory, added to those in the jar"
            })
    private @Nullable String routes;

    CheckCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws UserError, SettingsException {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        if (config != null) {
            flags.put(Setting.CONFIG, config);
        }
        if (routes != null) {
            flags.put(Setting.ROUTES, routes);
        }
        Resolved resolved = SettingsResolver.resolve(new Sources(flags, shell.environment(), shell.workingDir()));
        Settings settings = resolved.settings();
        try {
            tell(settings, Check.run(settings, resolved.properties()));
            return 0;
        } catch (ConfigException e) {
            throw new UserError(e.problems().size() + (e.problems().size() == 1 ? " problem" : " problems")
                    + "; the configuration in " + settings.configDir() + " cannot be used:\n" + e.getMessage());
        } catch (IOException | RouteSetException e) {
            throw new UserError("the gateway could not start: " + e.getMessage());
        }
    }

    private void tell(Settings settings, Check found) {
        PrintWriter out = shell.out();
        Snapshot snapshot = found.snapshot();
        if (snapshot.demo()) {
            out.println("Configuration: none in " + settings.configDir() + "; the start would be the demo");
        } else {
            out.println("Configuration: " + settings.configDir());
            users(snapshot);
            channels(snapshot);
            if (!snapshot.groups().isEmpty()) {
                out.println("  " + count(snapshot.groups().size(), "group"));
            }
            prices(snapshot.prices());
        }
        out.println("Routes: " + found.routesFrom());
        out.println("  " + count(found.routes(), "route"));
        out.println("All is well.");
    }

    private void users(Snapshot snapshot) {
        long off = snapshot.users().values().stream()
                .filter(user -> user.status() == Status.DISABLED)
                .count();
        int keys = snapshot.users().values().stream()
                .map(UserConfig::keys)
                .mapToInt(java.util.List::size)
                .sum();
        shell.out()
                .println("  " + count(snapshot.users().size(), "user") + disabled(off) + " with " + count(keys, "key"));
    }

    private void channels(Snapshot snapshot) {
        long off = snapshot.channels().values().stream()
                .filter(channel -> channel.status() == Status.DISABLED)
                .count();
        int credentials = snapshot.channels().values().stream()
                .map(ChannelConfig::credentials)
                .mapToInt(java.util.List::size)
                .sum();
        shell.out()
                .println("  " + count(snapshot.channels().size(), "channel") + disabled(off) + " with "
                        + count(credentials, "credential"));
    }

    /** Without them the gateway starts all the same, but whoever checks wants to know. */
    private void prices(PriceTable prices) {
        if (!prices.entries().isEmpty() || !prices.leftOut().isEmpty()) {
            shell.out().println("  " + count(prices.entries().size(), "price"));
        }
        for (Problem problem : prices.leftOut()) {
            shell.out().println("    not used: " + problem);
        }
    }

    private static String disabled(long count) {
        return count == 0 ? "" : " (" + count + " disabled)";
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
