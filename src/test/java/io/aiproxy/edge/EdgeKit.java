package io.aiproxy.edge;

import io.aiproxy.config.DemoConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.TokenSource;
import io.aiproxy.limits.Counters;
import io.aiproxy.limits.LimitLog;
import io.aiproxy.limits.Limits;
import io.aiproxy.limits.LocalCounters;
import io.aiproxy.limits.TokenEstimate;
import io.aiproxy.telemetry.AccessLog;
import io.aiproxy.telemetry.StatsPage;
import io.aiproxy.telemetry.Telemetry;
import io.aiproxy.wire.UpstreamClients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/** Everything that routes can name, over real parts and without a socket, and route sets made from files. */
final class EdgeKit implements AutoCloseable {
    private final UpstreamClients clients = new UpstreamClients();
    private final Counters counters;
    private final Memories memories;
    private final Telemetry telemetry;
    private final Edge edge = new Edge(new Edge.Ports(() -> 8001, null, () -> 1));

    EdgeKit(Path data) {
        this(data, Runnable::run, TokenSource.NONE);
    }

    EdgeKit(Path data, Executor readers, TokenSource tokens) {
        this(data, readers, new Elsewhere(tokens, LocalCounters.inMemory(Ticker.SYSTEM)));
    }

    EdgeKit(Path data, Executor readers, Elsewhere elsewhere) {
        TokenSource tokens = elsewhere.tokens();
        counters = elsewhere.counters();
        SystemConfig system = SystemConfig.defaults();
        Snapshot snapshot = DemoConfig.snapshot(1, Instant.EPOCH);
        memories = Memories.open(data, system.affinity());
        telemetry = new Telemetry(new AccessLog(system.accessLog(), data, Ticker.SYSTEM), Ticker.SYSTEM);
        edge.stages(memories, readers, tokens);
        edge.limits(new Limits(counters, new TokenEstimate(), new LimitLog(telemetry), Ticker.SYSTEM));
        edge.probes(clients, tokens, List.of());
        for (String name : List.of("backup", "report", "attach-file")) {
            edge.bean(name, (org.apache.camel.Processor) exchange -> {}); // the application's, not this package's
        }
        OpsPages.View view = new OpsPages.View(
                "test", () -> false, () -> snapshot, () -> null, Optional::empty, Optional::empty, () -> 1, () -> null);
        edge.pages(new OpsPages(view, new StatsPage(telemetry.statistics(), "test", 0), telemetry));
    }

    /**
     * What may be kept outside of the gateway.
     *
     * @param tokens made from credentials
     * @param counters of limits; closed together with the kit
     */
    record Elsewhere(TokenSource tokens, Counters counters) {}

    Edge edge() {
        return edge;
    }

    /** Puts a configuration into force. */
    void activate(Snapshot snapshot) throws IOException {
        Policy policy = Policy.of(snapshot, edge.policies().balancer());
        clients.prepare(policy.targets());
        edge.policies().activate(policy);
    }

    /** Builds and starts what is in {@code directory}; ends it again. */
    void load(Path directory) throws IOException, RouteSetException {
        try (RouteSets sets = routeSets()) {
            sets.start(() -> RouteFiles.in(directory, true));
        }
    }

    /** Route sets that are not started yet. */
    RouteSets routeSets() {
        Properties properties = new Properties();
        properties.setProperty("aiproxy.port", "8001");
        properties.setProperty("aiproxy.ops.port", "8001");
        properties.setProperty("aiproxy.data", "target/data");
        for (String name : List.of("host", "user", "password", "from", "to")) {
            properties.setProperty("mail." + name, name + ".example.com");
        }
        properties.setProperty("mail.port", "25");
        return edge.routeSets(clients, properties);
    }

    /** The project's route files. */
    static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("routes"))) {
            return files.filter(file -> file.toString().endsWith(RouteFiles.SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    /** A copy of the project's routes, to add to. */
    static void copyTo(Path directory) throws IOException {
        for (Path file : files()) {
            Path target = directory.resolve(Path.of("routes").relativize(file));
            Files.createDirectories(target.getParent());
            Files.copy(file, target);
        }
    }

    @Override
    public void close() throws Exception {
        memories.close();
        telemetry.close();
        clients.close();
        counters.close();
    }
}
