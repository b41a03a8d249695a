package io.aiproxy.edge;

import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.SocketWatch;
import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.TokenSource;
import io.aiproxy.limits.LocalCounters;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.wire.Books;
import io.aiproxy.wire.EventLoops;
import io.aiproxy.wire.HttpListener;
import io.aiproxy.wire.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** The project's routes behind a real port, with tokens of the test's and channels changed by hand. */
final class EdgeRig implements AutoCloseable {
    static final String AUTH = "Authorization: Bearer pk_test_zhangsan";

    private final ExecutorService readers = Executors.newSingleThreadExecutor();
    private final EventLoops loops = new EventLoops(1);
    private final List<Receipt> receipts = new CopyOnWriteArrayList<>();
    private final EdgeKit kit;
    private final RouteSets routes;
    private final HttpListener listener;

    /**
     * @param directory for files
     * @param channels channels.yaml; zhangsan has all of them, in this order
     * @param change of each channel, by its id
     */
    EdgeRig(Path directory, String channels, TokenSource tokens, Function<Snapshot, Function<String, Channels>> change)
            throws Exception {
        this(directory, channels, "", change, new EdgeKit.Elsewhere(tokens, LocalCounters.inMemory(Ticker.SYSTEM)));
    }

    /**
     * @param user more lines of zhangsan, in flow style: {@code ", key: value"}
     * @param elsewhere what the gateway asks others for
     */
    EdgeRig(
            Path directory,
            String channels,
            String user,
            Function<Snapshot, Function<String, Channels>> change,
            EdgeKit.Elsewhere elsewhere)
            throws Exception {
        Files.writeString(directory.resolve("channels.yaml"), channels);
        Files.writeString(
                directory.resolve("users.yaml"),
                "users: {zhangsan: {channels: [" + String.join(", ", ids(channels)) + "], proxy_key: pk_test_zhangsan"
                        + user + "}}\n");
        Files.writeString(directory.resolve("system.yaml"), "system: {retry: {max_attempts: 3}}\n");
        kit = new EdgeKit(directory, readers, elsewhere);
        Snapshot plain = ConfigLoader.load(directory, name -> null, 1, Instant.EPOCH);
        kit.activate(Channels.in(plain, change.apply(plain)));
        routes = kit.routeSets();
        routes.start(() -> RouteFiles.in(Path.of("routes"), false));
        listener = new HttpListener(
                loops, kit.edge().gateway(), new Books(receipts::add, SocketWatch.NONE), EdgeRig::limits, null);
        listener.bind("127.0.0.1", 0);
    }

    /**
     * @param channels channels.yaml; zhangsan has all of them, in this order
     * @param user more lines of zhangsan, in flow style: {@code ", key: value"}
     * @param more of the configuration
     */
    EdgeRig(Path directory, String channels, String user, More more) throws Exception {
        Files.writeString(directory.resolve("channels.yaml"), channels);
        Files.writeString(
                directory.resolve("users.yaml"),
                more.users() + "users: {zhangsan: {channels: [" + String.join(", ", ids(channels))
                        + "], proxy_key: pk_test_zhangsan" + user + "}}\n");
        Files.writeString(directory.resolve("system.yaml"), "system: " + more.system() + "\n");
        kit = new EdgeKit(directory, readers, TokenSource.NONE);
        kit.activate(ConfigLoader.load(directory, name -> null, 1, Instant.EPOCH));
        routes = kit.routeSets();
        routes.start(() -> RouteFiles.in(Path.of("routes"), false));
        listener = new HttpListener(loops, kit.edge().gateway(), more.books(), EdgeRig::limits, null);
        listener.bind("127.0.0.1", 0);
    }

    /**
     * What else a rig is made of.
     *
     * @param users lines of users.yaml before the users
     * @param system what stands under system, in flow style
     * @param books are told what becomes of calls
     */
    record More(String users, String system, Books books) {}

    /** As the gateway's end: running answers get no time. How many calls were broken. */
    int drain() throws InterruptedException {
        return listener.drain(Duration.ZERO);
    }

    /** The lines two blanks in. */
    private static List<String> ids(String channels) {
        return channels.lines()
                .filter(line -> line.matches(" {2}\\w+:.*"))
                .map(line -> line.strip().split(":", 2)[0])
                .toList();
    }

    private static Limits limits() {
        Duration time = Duration.ofSeconds(20);
        return new Limits(4_000_000, 16_000_000, 8192, 0, time, time, time, time);
    }

    /** Calls whose caller is there and has not got all of the answer. */
    int activeCalls() {
        return listener.activeCalls();
    }

    Edge edge() {
        return kit.edge();
    }

    int port() {
        return listener.port();
    }

    RawClient client() throws IOException {
        return RawClient.connect(listener.port());
    }

    RawWebSocket webSocket(String target, String... headerLines) throws IOException {
        return RawWebSocket.open(listener.port(), target, headerLines);
    }

    List<Receipt> receipts() {
        return receipts;
    }

    @Override
    public void close() throws Exception {
        listener.close();
        loops.close();
        routes.close();
        kit.close();
        readers.shutdownNow();
    }
}
