package io.aiproxy.cli;

import io.aiproxy.app.Settings;
import io.aiproxy.cli.SettingsException.Problem;
import io.aiproxy.cli.Values.BadValue;
import io.aiproxy.core.Secret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Builds the settings of a process: flags before environment before {@code <config>/application.properties} before
 * defaults. Finds all problems, not only the first.
 */
final class SettingsResolver {
    private static final int DEFAULT_PORT = 8001;
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(30);

    private final Sources sources;
    private final List<Problem> problems = new ArrayList<>();
    private final Path configDir;
    private final PropertiesFile file;

    private SettingsResolver(Sources sources) {
        this.sources = sources;
        Path unnamed = sources.workingDir().resolve("config");
        this.configDir = outside(Setting.CONFIG)
                .flatMap(given -> read(given, false, Values::directory))
                .orElse(unnamed);
        this.file = PropertiesFile.read(configDir, sources.workingDir(), problems);
    }

    /** The settings that these sources give. */
    static Resolved resolve(Sources sources) throws SettingsException {
        return new SettingsResolver(sources).resolve();
    }

    private Resolved resolve() throws SettingsException {
        int port = value(Setting.PORT, true, Values::port).orElse(DEFAULT_PORT);
        Optional<Integer> opsPort = value(Setting.OPS_PORT, true, Values::port);
        Path beside = configDir.resolveSibling("").toAbsolutePath();
        Settings settings = new Settings(
                value(Setting.HOST, true, Values::address).orElse(""),
                port,
                opsPort,
                value(Setting.OPS_HOST, true, Values::address).orElse("127.0.0.1"),
                value(Setting.TLS_CERT, false, Values::file),
                value(Setting.TLS_KEY, false, Values::file),
                configDir,
                outside(Setting.CONFIG).isPresent(),
                value(Setting.ROUTES, false, Values::directory).or(() -> Optional.of(beside.resolve("routes"))),
                value(Setting.DATA, false, Values::directoryToBe).orElse(beside.resolve("data")),
                value(Setting.GRACE, true, Values::duration).orElse(DEFAULT_GRACE),
                value(Setting.DATABASE, true, Values::jdbcUrl)
                        .map(url -> new Settings.Database(
                                url,
                                value(Setting.DATABASE_USER, false, Values::text)
                                        .orElse(""),
                                Secret.of(value(Setting.DATABASE_PASSWORD, false, Values::text)
                                        .orElse("")))),
                value(Setting.REDIS, true, Values::redisUrl));
        checkPorts(port, opsPort);
        checkPair(Setting.DATABASE_USER, Setting.DATABASE, "a user is of no use without its database");
        checkPair(Setting.TLS_CERT, Setting.TLS_KEY, "a certificate is of no use without its key");
        checkPair(Setting.TLS_KEY, Setting.TLS_CERT, "a key is of no use without its certificate");
        if (!problems.isEmpty()) {
            throw new SettingsException(problems);
        }
        return new Resolved(settings, file.others());
    }

    private void checkPorts(int port, Optional<Integer> opsPort) {
        if (port != 0 && opsPort.filter(ops -> ops == port).isPresent()) {
            given(Setting.OPS_PORT)
                    .ifPresent(given -> problem(
                            given,
                            port + " is the port of everything already; choose another, or leave it out to have the"
                                    + " operational pages there",
                            given.flag()));
        }
    }

    private void checkPair(Setting there, Setting missing, String why) {
        if (given(missing).isEmpty()) {
            given(there)
                    .ifPresent(given -> problem(given, why + "; give " + missing.ways() + " as well", given.flag()));
        }
    }

    private <T> Optional<T> value(Setting setting, boolean usage, Parser<T> parser) {
        return given(setting).flatMap(given -> read(given, usage, parser));
    }

    private <T> Optional<T> read(Given given, boolean usage, Parser<T> parser) {
        try {
            return Optional.of(parser.parse(given));
        } catch (BadValue e) {
            problem(given, String.valueOf(e.getMessage()), usage && given.flag());
            return Optional.empty();
        }
    }

    private void problem(Given given, String text, boolean usage) {
        problems.add(new Problem(given.source(), text, usage));
    }

    private Optional<Given> given(Setting setting) {
        return outside(setting).or(() -> file.get(setting));
    }

    private Optional<Given> outside(Setting setting) {
        Path base = sources.workingDir();
        String flag = sources.flags().get(setting);
        if (flag != null) {
            return Optional.of(new Given(flag.strip(), setting.flag(), base, true));
        }
        return Optional.ofNullable(sources.environment().get(setting.variable()))
                .map(String::strip)
                .filter(value -> !value.isEmpty() && !isServiceLink(value))
                .map(value -> new Given(value, "environment variable " + setting.variable(), base, false));
    }

    /**
     * Kubernetes puts {@code AIPROXY_PORT=tcp://10.0.0.7:8001} into every pod beside a Service named {@code aiproxy}
     * (its documentation: "Accessing the Service", environment variables). Nobody meant that as a setting.
     */
    private static boolean isServiceLink(String value) {
        return value.startsWith("tcp://") || value.startsWith("udp://");
    }

    /** One of {@link Values}. */
    private interface Parser<T> {
        T parse(Given given) throws BadValue;
    }
}
