package io.aiproxy.testing;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.app.Gateway;
import io.aiproxy.app.Settings;
import io.aiproxy.app.UsageParts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A gateway under test with a directory of its own: {@code config/}, {@code routes/} (a copy of the project's) and
 * {@code data/}. Files are replaced atomically, as editors and deployment tools do it.
 */
public final class GatewayRig implements AutoCloseable {
    /** The caller that most tests are. */
    public static final String KEY = "pk_test_zhangsan";
    /** The header line of that caller. */
    public static final String AUTH = "Authorization: Bearer " + KEY;

    /** Without books: most tests do not look at them, and a database for each would take its time. */
    private static final Optional<GatewayStarter> STARTER = Optional.of(settings -> {
        Gateway gateway = Gateway.start(settings, new Properties(), null);
        return new GatewayStarter.Running(gateway.port(), gateway.opsPort(), gateway::close);
    });
    /** As a gateway is started by its users. */
    public static final GatewayStarter BOOKED = settings -> {
        Gateway gateway = Gateway.start(settings);
        return new GatewayStarter.Running(gateway.port(), gateway.opsPort(), gateway::close);
    };

    /** As {@link #BOOKED}, but for what is said otherwise: another clock or other books, say. */
    public static GatewayStarter booked(UnaryOperator<UsageParts> change) {
        return settings -> {
            Gateway gateway = Gateway.start(settings, new Properties(), change.apply(UsageParts.usual()));
            return new GatewayStarter.Running(gateway.port(), gateway.opsPort(), gateway::close);
        };
    }

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path home;
    private final RigConfig config;
    private final Settings settings;
    private GatewayStarter.Running running;

    private GatewayRig(Path home, RigConfig config, UnaryOperator<Settings> change) {
        this.home = home;
        this.config = config;
        this.settings = change.apply(new Settings(
                "",
                0,
                Optional.empty(),
                "127.0.0.1",
                Optional.empty(),
                Optional.empty(),
                home.resolve("config"),
                true,
                Optional.of(home.resolve("routes")),
                home.resolve("data"),
                Duration.ofSeconds(5),
                Optional.empty(),
                Optional.empty()));
    }

    /** Whether there is a gateway to start. */
    public static boolean available() {
        return STARTER.isPresent();
    }

    /** Writes the configuration and starts a gateway on a free port. */
    public static GatewayRig start(RigConfig config) {
        return start(config, settings -> settings);
    }

    /** As {@link #start(RigConfig)}, with other settings. */
    public static GatewayRig start(RigConfig config, UnaryOperator<Settings> change) {
        GatewayRig rig = prepare(config, change);
        try {
            rig.boot();
            return rig;
        } catch (RuntimeException e) {
            rig.close();
            throw e;
        }
    }

    /** Starts a gateway on a configuration that somebody else has written, and leaves that alone. */
    public static GatewayRig over(Path configDir) {
        return start(
                RigConfig.empty(),
                own -> new Settings(
                        own.host(),
                        own.port(),
                        own.opsPort(),
                        own.opsHost(),
                        own.tlsCertificate(),
                        own.tlsKey(),
                        configDir,
                        true,
                        own.routesDir(),
                        own.dataDir(),
                        own.grace(),
                        own.database(),
                        own.redis()));
    }

    /** Writes everything but does not start: {@link #boot()} does. */
    public static GatewayRig prepare(RigConfig config, UnaryOperator<Settings> change) {
        try {
            Path home = TempTree.make("aiproxy-rig");
            Files.createDirectories(home.resolve("config"));
            Files.createDirectories(home.resolve("data"));
            copyRoutes(Path.of("routes"), home.resolve("routes"));
            GatewayRig rig = new GatewayRig(home, config, change);
            rig.writeConfig();
            return rig;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyRoutes(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    /** Starts the gateway on its directory. */
    public void boot() {
        boot(STARTER.orElseThrow());
    }

    /** As above, started by somebody else: with other parts, say. */
    public void boot(GatewayStarter starter) {
        try {
            running = starter.start(settings);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("The gateway did not start", e);
        }
    }

    /** Stops the gateway gracefully; the directory stays, so that {@link #boot()} can start it again. */
    public void stop() {
        if (running != null) {
            GatewayStarter.Running stopping = running;
            running = null;
            stopping.stop().run();
        }
    }

    @Override
    public void close() {
        try {
            stop();
        } finally {
            TempTree.delete(home);
        }
    }

    /** The port of everything. */
    public int port() {
        return running.port();
    }

    /** The port of the operational pages: their own if they have one. */
    public int opsPort() {
        return running.opsPort().orElse(running.port());
    }

    /** {@code http://127.0.0.1:port}. */
    public String baseUrl() {
        return "http://127.0.0.1:" + port();
    }

    /** A connection to the gateway. */
    public RawClient client() {
        try {
            return RawClient.connect(port());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A WebSocket through the gateway; its handshake has to succeed. */
    public RawWebSocket webSocket(String target, String... headerLines) {
        try {
            return RawWebSocket.open(client(), target, headerLines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The configuration; change it and call {@link #writeConfig()}. */
    public RigConfig config() {
        return config;
    }

    /** The gateway's directory. */
    public Path home() {
        return home;
    }

    /** Writes those of the three files that have changed, each atomically. */
    public void writeConfig() {
        writeChanged("config/system.yaml", config.systemYaml());
        writeChanged("config/channels.yaml", config.channelsYaml());
        writeChanged("config/users.yaml", config.usersYaml());
    }

    private void writeChanged(String file, String text) {
        if (!Files.exists(home.resolve(file)) || !read(file).equals(text)) {
            write(file, text);
        }
    }

    /** Replaces a file below {@link #home()} atomically. */
    public void write(String file, String text) {
        Path target = home.resolve(file);
        try {
            Files.createDirectories(target.getParent());
            Path fresh = Files.createTempFile(home, "fresh", ".tmp");
            Files.writeString(fresh, text);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The text of a file below {@link #home()}. */
    public String read(String file) {
        try {
            return Files.readString(home.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code /status} says at this moment. */
    public JsonNode status() {
        try (RawClient client = RawClient.connect(opsPort())) {
            return new ObjectMapper().readTree(client.get("/status").answer().text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The version of the configuration in force. */
    public long configVersion() {
        return status().path("configuration").path("version").asLong();
    }

    /** Blocks until the gateway says why it does not take the latest change of its configuration; its words. */
    public String awaitConfigProblem() {
        return awaitProblem("configuration");
    }

    /** Blocks until the gateway says why it does not take the latest change of its routes; its words. */
    public String awaitRoutesProblem() {
        return awaitProblem("routes");
    }

    private String awaitProblem(String part) {
        await("a problem with the " + part)
                .atMost(PATIENCE)
                .until(() -> status().path(part).path("problem").isTextual());
        return status().path(part).path("problem").asText();
    }

    /** Blocks until a configuration newer than {@code version} serves. */
    public void awaitConfigAfter(long version) {
        await("a configuration newer than " + version).atMost(PATIENCE).until(() -> configVersion() > version);
    }

    /** Writes the configuration and blocks until it serves. */
    public void applyConfig() {
        long before = configVersion();
        writeConfig();
        awaitConfigAfter(before);
    }

    /** The lines of the access log so far. */
    public List<String> accessLog() {
        Path log = home.resolve("data/logs/access.log");
        try {
            return Files.exists(log) ? Files.readAllLines(log) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Blocks until the access log has a line that contains this text; that line. */
    public String awaitLogLine(String containing) {
        await("a line of the access log with " + containing).atMost(PATIENCE).until(() -> accessLog().stream()
                .anyMatch(line -> line.contains(containing)));
        return accessLog().stream()
                .filter(line -> line.contains(containing))
                .findFirst()
                .orElseThrow();
    }
}
