package io.aiproxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.admin.AdminTokens;
import io.aiproxy.app.Settings;
import io.aiproxy.config.AdminTokenConfig;
import io.aiproxy.config.ConfigException;
import io.aiproxy.core.Ticker;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.Kind;
import io.aiproxy.store.State;
import io.aiproxy.store.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aiproxy admin token new|list|revoke}: who may use the admin API. */
abstract class AdminTokenCommand implements Callable<Integer> {
    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}._@+-]{0,63}");

    private final Shell shell;
    private final StoreOpener stores;

    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = {"Where users.yaml, channels.yaml and admin.yaml are.", "default: ./config"})
    private @Nullable String config;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = {"Where the gateway writes.", "default: data beside the configuration directory"})
    private @Nullable String data;

    @Option(
            names = "--database",
            paramLabel = "URL",
            description = {
                "Database that keeps the configuration: jdbc:sqlite:FILE, jdbc:postgresql://… etc.",
                "default: AIPROXY_DATABASE, aiproxy.database, else the files in the configuration directory"
            })
    private @Nullable String database;

    @Option(
            names = "--database-user",
            paramLabel = "NAME",
            description = "User of the database; the password comes from AIPROXY_DATABASE_PASSWORD.")
    private @Nullable String databaseUser;

    private AdminTokenCommand(Shell shell, StoreOpener stores) {
        this.shell = shell;
        this.stores = stores;
    }

    /** The word {@code admin} with everything below it. */
    static CommandLine group(Shell shell, StoreOpener stores) {
        CommandLine tokens = GroupCommand.create("Tokens for the admin API.")
                .addSubcommand(new Make(shell, stores))
                .addSubcommand(new Tell(shell, stores))
                .addSubcommand(new Revoke(shell, stores));
        return GroupCommand.create("Administration.").addSubcommand("token", tokens);
    }

    /** Does it with an open store. */
    abstract void run(ConfigStore store, PrintWriter out) throws UserError, ConfigException, StoreException;

    @Override
    public final Integer call() throws UserError, SettingsException {
        Map<Setting, String> flags = new EnumMap<>(Setting.class);
        flag(flags, Setting.CONFIG, config);
        flag(flags, Setting.DATA, data);
        flag(flags, Setting.DATABASE, database);
        flag(flags, Setting.DATABASE_USER, databaseUser);
        Path workingDir = shell.workingDir();
        var settings = SettingsResolver.resolve(new Sources(flags, shell.environment(), workingDir))
                .settings();
        mustBe(settings);
        try (ConfigStore store = stores.open(settings)) {
            run(store, shell.out());
            return 0;
        } catch (ConfigException e) {
            throw new UserError("the configuration cannot be used:\n" + e.getMessage());
        } catch (StoreException | IOException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }

    private static void flag(Map<Setting, String> flags, Setting setting, @Nullable String value) {
        if (value != null) {
            flags.put(setting, value);
        }
    }

    /** A place that was mistyped must not become a configuration of its own that holds nothing but a token. */
    private static void mustBe(Settings settings) throws UserError {
        if (BackupCommand.missing(settings)) {
            throw new UserError("there is no database "
                    + settings.database().orElseThrow().url()
                    + ": name with --database (or AIPROXY_DATABASE) the one that the gateway uses; a new one is made by"
                    + " the gateway's first start, or by aiproxy migrate");
        }
    }

    private static void change(ConfigStore store, State from, String id, Optional<JsonNode> body)
            throws ConfigException, StoreException {
        store.apply(
                from.tag(),
                List.of(new Change(Kind.ADMIN_TOKEN, id, body)),
                Author.CLI,
                "admin token " + id + (body.isEmpty() ? " revoked" : ""));
    }

    /** {@code new}. */
    @Command(
            name = "new",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Makes a token and shows it once; only its digest is kept.")
    private static final class Make extends AdminTokenCommand {
        @Option(
                names = "--name",
                required = true,
                paramLabel = "NAME",
                description = "Whose it is; the audit log says this.")
        private String name = "";

        @Option(names = "--role", required = true, paramLabel = "ROLE", description = "admin, operator or viewer.")
        private String role = "";

        @Option(
                names = "--expires",
                paramLabel = "TIME",
                description = "After how long it ends, e.g. 90d. default: never")
        private @Nullable String expires;

        Make(Shell shell, StoreOpener stores) {
            super(shell, stores);
        }

        @Override
        void run(ConfigStore store, PrintWriter out) throws UserError, ConfigException, StoreException {
            if (!NAME.matcher(name).matches()) {
                throw new UserError("--name: begin with a letter or digit, then letters, digits and . _ @ + -");
            }
            AdminTokens.Made made = AdminTokens.make(
                            role(), Instant.ofEpochMilli(Ticker.SYSTEM.millis()), Optional.ofNullable(expires))
                    .orElseThrow(() -> new UserError("--expires: give a duration such as 90d"));
            State now = store.state();
            if (now.entries().of(Kind.ADMIN_TOKEN).containsKey(name)) {
                throw new UserError("there is a token named " + name + " already; revoke it, or take another name");
            }
            change(store, now, name, Optional.of(made.entry()));
            out.println(made.token());
            out.println();
            out.println(
                    "# This is shown once. It is in force as soon as the gateway has read its configuration again:");
            out.println("# It is kept in " + store.place() + ".");
            out.println("# curl -H \"Authorization: Bearer <token>\" http://localhost:8001/api/v1/me");
        }

        private AdminTokenConfig.Role role() throws UserError {
            for (AdminTokenConfig.Role one : AdminTokenConfig.Role.values()) {
                if (one.name().equalsIgnoreCase(role)) {
                    return one;
                }
            }
            throw new UserError("--role: give admin, operator or viewer");
        }
    }

    /** {@code list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Lists the tokens that there are, without themselves.")
    private static final class Tell extends AdminTokenCommand {
        Tell(Shell shell, StoreOpener stores) {
            super(shell, stores);
        }

        @Override
        void run(ConfigStore store, PrintWriter out) throws StoreException {
            Map<String, JsonNode> tokens = store.state().entries().of(Kind.ADMIN_TOKEN);
            tokens.forEach((id, token) -> out.println(String.format(
                    Locale.ROOT,
                    "%-24s %-9s %-9s %-14s %s",
                    id,
                    token.path("role").asText(""),
                    token.path("status").asText("active"),
                    token.path("prefix").asText("") + "…",
                    token.has("expires_at")
                            ? "until " + token.path("expires_at").asText()
                            : "")));
            if (tokens.isEmpty()) {
                out.println("there is none; aiproxy admin token new --name ops --role admin makes one");
            }
        }
    }

    /** {@code revoke}. */
    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            description = "Withdraws a token.")
    private static final class Revoke extends AdminTokenCommand {
        @Parameters(paramLabel = "NAME", description = "Whose.")
        private String name = "";

        Revoke(Shell shell, StoreOpener stores) {
            super(shell, stores);
        }

        @Override
        void run(ConfigStore store, PrintWriter out) throws UserError, ConfigException, StoreException {
            State now = store.state();
            if (!now.entries().of(Kind.ADMIN_TOKEN).containsKey(name)) {
                throw new UserError(
                        "there is no token named " + name + "; aiproxy admin token list tells which there are");
            }
            change(store, now, name, Optional.empty());
            out.println(name + " does not work any more");
        }
    }
}
