package io.aiproxy.app;

import io.aiproxy.config.ConfigException;
import io.aiproxy.config.DemoConfig;
import io.aiproxy.config.PriceConfig;
import io.aiproxy.config.PriceTable;
import io.aiproxy.config.Snapshot;
import io.aiproxy.credentials.Tokens;
import io.aiproxy.edge.Policies;
import io.aiproxy.edge.Policy;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.StoreException;
import io.aiproxy.telemetry.EventStream;
import io.aiproxy.telemetry.LogLevel;
import io.aiproxy.telemetry.Telemetry;
import io.aiproxy.wire.UpstreamClients;
import java.io.IOException;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in force and its replacement: read, checked, computed and prepared completely before anything of it
 * counts. What cannot be used changes nothing and is told.
 */
final class Configuration {
    private static final Logger LOG = LoggerFactory.getLogger(Configuration.class);

    private final Source source;
    private final Policies policies;
    private final UpstreamClients clients;
    private final Telemetry telemetry;
    private final Tokens tokens;
    private volatile @Nullable String problem;
    private volatile Consumer<Snapshot> inForce = snapshot -> {};

    /**
     * Where the configuration comes from.
     *
     * @param store keeps it
     * @param begun whether somebody has begun a configuration there: until then the demo goes on
     */
    record Source(ConfigStore store, BooleanSupplier begun) {}

    Configuration(Source source, Policies policies, UpstreamClients clients, Telemetry telemetry, Tokens tokens) {
        this.source = source;
        this.policies = policies;
        this.clients = clients;
        this.telemetry = telemetry;
        this.tokens = tokens;
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

    /** From now on {@code action} is called with every snapshot that comes into force, before anybody is told that it did. */
    void whenInForce(Consumer<Snapshot> action) {
        inForce = action;
    }

    /** The store behind it. */
    ConfigStore store() {
        return source.store();
    }

    /** Reads the configuration again and puts it into force; if that fails, what is in force stays. Blocks. */
    synchronized void reload() {
        if (snapshot().demo() && !source.begun().getAsBoolean()) {
            return;
        }
        take();
    }

    /**
     * As {@link #reload()}, and looks whether that was of use. Blocks.
     *
     * @param version that was made before
     * @return why neither it nor a newer one is in force now; empty when it is, for new calls and open sockets
     */
    synchronized Optional<String> reload(long version) {
        reload();
        long now = snapshot().version();
        return Optional.ofNullable(problem)
                .or(() -> now >= version
                        ? Optional.empty()
                        : Optional.of("version " + version + " cannot be read back from "
                                + source.store().place() + " at the moment"));
    }

    /**
     * What is the same is put into force again, silently: a certificate's file may hold another one by now, which the
     * snapshot, with the file's name alone, does not show.
     */
    private void take() {
        Snapshot before = snapshot();
        boolean wasTroubled = problem != null;
        try {
            Snapshot next = priced(source.store().load(), before);
            activate(next);
            inForce.accept(next);
            if (wasTroubled || !next.sameAs(before)) {
                telemetry.tell(EventStream.CONFIG, "config.in_force", () -> data(next));
                LOG.info(
                        "Configuration version {} is in force: {} users, {} channels",
                        next.version(),
                        next.users().size(),
                        next.channels().size());
            } else {
                LOG.debug("Configuration version {} was read again", next.version());
            }
            if (before.demo()) {
                LOG.info("This is no longer the demo: its key does not work any more");
            }
        } catch (ConfigException | StoreException | IOException | RuntimeException e) {
            refused(String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, Object> data(Snapshot snapshot) {
        return Map.of(
                "version", snapshot.version(),
                "users", snapshot.users().size(),
                "channels", snapshot.channels().size());
    }

    /** Budgets must not open because of a typing error: while nobody can read the new prices, the old ones count. */
    private static Snapshot priced(Snapshot next, Snapshot before) {
        if (next.prices().readable() || before.prices().entries().isEmpty()) {
            return next;
        }
        LOG.warn("The prices that were in force stay, because the new ones cannot be read");
        Map<String, PriceConfig> kept = new LinkedHashMap<>(before.prices().entries());
        kept.values()
                .removeIf(price -> next.system().money().rate(price.currency()).isEmpty());
        return next.with(
                new PriceTable(Collections.unmodifiableMap(kept), next.prices().leftOut(), false));
    }

    private void refused(String why) {
        problem = why;
        telemetry.state().configReloadFailed();
        long version = snapshot().version();
        telemetry.tell(EventStream.CONFIG, "config.refused", () -> Map.of("version", version, "reason", why));
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
}
