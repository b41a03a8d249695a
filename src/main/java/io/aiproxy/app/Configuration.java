package io.aiproxy.app;

import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.DemoConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Watched;
import io.aiproxy.credentials.Tokens;
import io.aiproxy.edge.Policies;
import io.aiproxy.edge.Policy;
import io.aiproxy.telemetry.LogLevel;
import io.aiproxy.telemetry.Telemetry;
import io.aiproxy.wire.UpstreamClients;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in force and its replacement: read, checked, computed and prepared completely before anything of it
 * counts. What cannot be used changes nothing and is told.
 */
final class Configuration {
    private static final Logger LOG = LoggerFactory.getLogger(Configuration.class);

    private final Path directory;
    private final Function<String, @Nullable String> environment;
    private final Policies policies;
    private final UpstreamClients clients;
    private final Telemetry telemetry;
    private final Tokens tokens;
    private volatile @Nullable String problem;
    private volatile List<Path> alsoLookedFor = List.of();

    Configuration(Path directory, Policies policies, UpstreamClients clients, Telemetry telemetry, Tokens tokens) {
        this.directory = directory;
        this.environment = System::getenv;
        this.policies = policies;
        this.clients = clients;
        this.telemetry = telemetry;
        this.tokens = tokens;
    }

    /** Reads the operator's files; a problem is the caller's. */
    static Snapshot read(Path directory) throws ConfigException {
        return ConfigLoader.load(directory, System::getenv, 1, Instant.now());
    }

    /** The demo, whose channel listens on {@code port}. */
    static Snapshot demo(int port) {
        return DemoConfig.snapshot(port, Instant.now());
    }

    /** Puts {@code snapshot} into force. */
    void activate(Snapshot snapshot) throws IOException {
        Policy policy = Policy.of(snapshot, policies.balancer());
        clients.prepare(policy.targets());
        policies.activate(policy);
        tokens.retain(snapshot);
        problem = null;
        telemetry.configured(snapshot);
        LogLevel.apply(snapshot.system().logLevel());
    }

    /** Reads the files again and puts them into force; if that fails, what is in force stays. */
    synchronized void reload() {
        Snapshot before = policies.current().snapshot();
        if (before.demo() && !ConfigLoader.present(directory)) {
            return;
        }
        try {
            Snapshot next = ConfigLoader.load(directory, environment, before.version() + 1, Instant.now());
            activate(next);
            alsoLookedFor = List.of();
            LOG.info(
                    "Configuration version {} is in force: {} users, {} channels",
                    next.version(),
                    next.users().size(),
                    next.channels().size());
            if (before.demo()) {
                LOG.info("This is no longer the demo: its key does not work any more");
            }
        } catch (ConfigException e) {
            alsoLookedFor = e.files();
            refused(String.valueOf(e.getMessage()));
        } catch (IOException | RuntimeException e) {
            refused(String.valueOf(e.getMessage()));
        }
    }

    private void refused(String why) {
        problem = why;
        telemetry.state().configReloadFailed();
        LOG.error(
                "The changed configuration was not taken; version {} stays in force:\n{}",
                policies.current().snapshot().version(),
                why);
    }

    /** Why the latest change was not taken; null when it was. */
    @Nullable
    String problem() {
        return problem;
    }

    /** The configuration in force. */
    Snapshot snapshot() {
        return policies.current().snapshot();
    }

    /** What to watch: the files of the configuration in force, and those that a refused one has named. */
    Watched watched() {
        Set<Path> files = new LinkedHashSet<>();
        for (String name : List.of("users.yaml", "channels.yaml", "system.yaml", "admin.yaml")) {
            files.add(directory.resolve(name));
        }
        files.addAll(policies.current().snapshot().files());
        files.addAll(alsoLookedFor);
        return Watched.files(files);
    }
}
