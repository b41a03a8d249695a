package io.aiproxy.app;

import com.sun.net.httpserver.HttpServer;
import io.aiproxy.core.Secret;
import io.aiproxy.store.Author;
import io.aiproxy.store.Change;
import io.aiproxy.store.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How long a gateway with many users and channels takes to start and to read its configuration again, and how long a caller
 * waits meanwhile. Each run is a process of its own, as the first start is the one that counts.
 *
 * <p>{@code StartAndReload files|sqlite [users [channels [reloads]]]}
 */
public final class StartAndReload {
    private static final String KEY = "pk_test_user_0_a";

    private final Path home;
    private final PrintStream out;
    private final int users;
    private final int channels;
    private final int reloads;

    private StartAndReload(Path home, PrintStream out, int users, int channels, int reloads) {
        this.home = home;
        this.out = out;
        this.users = users;
        this.channels = channels;
        this.reloads = reloads;
    }

    /** Measures and prints. */
    public static void main(String[] arguments) throws Exception {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // else it answers 40 ms late
        boolean database = arguments.length > 0 && arguments[0].equals("sqlite");
        Path home = Files.createTempDirectory("aiproxy-reload");
        StartAndReload runner = new StartAndReload(
                home, System.out, number(arguments, 1, 10_000), number(arguments, 2, 1_000), number(arguments, 3, 20));
        HttpServer upstream = runner.upstream();
        try {
            runner.write(upstream.getAddress().getPort());
            runner.measure(database);
        } finally {
            upstream.stop(0);
            runner.remove();
        }
    }

    private static int number(String[] arguments, int place, int standard) {
        return arguments.length > place ? Integer.parseInt(arguments[place]) : standard;
    }

    private HttpServer upstream() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        byte[] answer = "{}".getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "upstream");
            thread.setDaemon(true);
            return thread;
        }));
        server.start();
        return server;
    }

    private void write(int port) throws IOException {
        StringBuilder channelsYaml = new StringBuilder("channels:\n");
        for (int i = 0; i < channels; i++) {
            channelsYaml
                    .append("  channel-" + i + ":\n    name: Channel " + i + "\n    base_url: http://127.0.0.1:" + port)
                    .append("\n    credentials:\n      - {name: main, api_key: sk_fake_" + i + "_a}\n")
                    .append("      - {name: other, api_key: sk_fake_" + i + "_b}\n")
                    .append("    models: [gpt-4o, \"qwen-*\"]\n    priority: " + (i % 100) + "\n");
        }
        StringBuilder usersYaml = new StringBuilder("user_groups:\n  all:\n    models: [\"gpt-*\", \"qwen-*\"]\nusers:\n");
        for (int i = 0; i < users; i++) {
            usersYaml
                    .append("  user-" + i + ":\n    name: User " + i + "\n    department: R&D\n    groups: [all]\n")
                    .append("    channels: [channel-" + (i % channels) + ", channel-" + ((i + 7) % channels))
                    .append("]\n    limits:\n      - {requests: 10000000, per: minute}\n    keys:\n")
                    .append("      - {name: laptop, proxy_key: pk_test_user_" + i + "_a}\n")
                    .append("      - {name: tablet, proxy_key: pk_test_user_" + i + "_b, expires_at: 2099-12-31}\n");
        }
        Files.createDirectories(home.resolve("config"));
        Files.writeString(home.resolve("config/channels.yaml"), channelsYaml);
        Files.writeString(home.resolve("config/users.yaml"), usersYaml);
    }

    private Settings settings(boolean database) {
        Settings settings = new Settings(
                "127.0.0.1",
                0,
                Optional.empty(),
                "127.0.0.1",
                Optional.empty(),
                Optional.empty(),
                home.resolve("config"),
                true,
                Optional.empty(),
                home.resolve("data"),
                Duration.ofSeconds(1),
                Optional.empty(),
                Optional.empty());
        return database
                ? settings.withDatabase(
                        new Settings.Database("jdbc:sqlite:" + home.resolve("aiproxy.db"), "", Secret.of("")))
                : settings;
    }

    /** Puts what the files hold into the database, in a process of its own: this one must start cold. */
    private void fill() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Fill.class.getName(),
                        home.toString())
                .inheritIO()
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("the database was not filled");
        }
    }

    /** The other process. */
    static final class Fill {
        private Fill() {}

        /** Copies the files of a home into its database. */
        public static void main(String[] arguments) throws Exception {
            Path home = Path.of(arguments[0]);
            StartAndReload runner = new StartAndReload(home, System.out, 0, 0, 0);
            List<Change> all = new ArrayList<>();
            try (Stores from = Stores.open(runner.settings(false).withDataDir(home.resolve("from")), name -> null);
                    Stores to = Stores.open(runner.settings(true).withDataDir(home.resolve("to")), name -> null)) {
                for (Kind kind : Kind.values()) {
                    from.config().state().entries().of(kind).forEach((id, body) ->
                            all.add(new Change(kind, id, Optional.of(body))));
                }
                to.config().apply(to.config().state().tag(), all, Author.CLI, "");
            }
        }
    }

    private void measure(boolean database) throws Exception {
        if (database) {
            fill();
        }
        long begin = System.nanoTime();
        long busy = busy();
        try (Gateway gateway = Gateway.start(settings(database))) {
            out.printf(
                    "start: %d ms, of which its thread was busy %d ms%n",
                    (System.nanoTime() - begin) / 1_000_000, (busy() - busy) / 1_000_000);
            long[] quiet = calls(gateway, () -> Thread.sleep(3_000));
            out.printf("calls without a reload: %s%n", spread(quiet));
            long[] times = new long[reloads];
            long[] work = new long[reloads];
            long[] meanwhile = calls(gateway, () -> {
                for (int i = 0; i < reloads; i++) {
                    if (!database) {
                        rename(i);
                    }
                    long before = System.nanoTime();
                    long busyBefore = busy();
                    gateway.configuration().reload();
                    times[i] = System.nanoTime() - before;
                    work[i] = busy() - busyBefore;
                }
            });
            out.printf("reloads: %s%n", spread(times));
            out.printf("reloads, their thread busy: %s%n", spread(work));
            out.printf("calls during reloads: %s%n", spread(meanwhile));
        }
    }

    /** Changes one user in the file, so that a reload cannot take all of them over. */
    private void rename(int round) {
        Path file = home.resolve("config/users.yaml");
        try {
            Files.writeString(
                    file, Files.readString(file).replaceFirst("name: User \\d+", "name: User " + (1_000_000 + round)));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** How long this thread has computed: what a busy machine does not change much. */
    private static long busy() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** Something that lasts. */
    private interface Work {
        void run() throws InterruptedException;
    }

    /** Calls one after the other on one connection while the work is done; how long each took, in nanoseconds. */
    private static long[] calls(Gateway gateway, Work work) throws Exception {
        AtomicBoolean enough = new AtomicBoolean();
        List<Long> times = new ArrayList<>();
        Thread caller = new Thread(() -> {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
                socket.setTcpNoDelay(true);
                while (!enough.get()) {
                    long before = System.nanoTime();
                    call(socket);
                    times.add(System.nanoTime() - before);
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        caller.start();
        work.run();
        enough.set(true);
        caller.join();
        return times.stream().mapToLong(Long::longValue).toArray();
    }

    private static void call(Socket socket) throws IOException {
        socket.getOutputStream()
                .write(("GET /v1/models HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + KEY + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        StringBuilder seen = new StringBuilder();
        while (seen.indexOf("\r\n\r\n{}") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after " + seen);
            }
            seen.append((char) next);
        }
        if (!seen.toString().startsWith("HTTP/1.1 200")) {
            throw new IOException(seen.toString());
        }
    }

    private static String spread(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return String.format(
                "%d of them, median %.1f ms, 99%% %.1f ms, longest %.1f ms",
                sorted.length,
                sorted[sorted.length / 2] / 1e6,
                sorted[(int) (sorted.length * 0.99)] / 1e6,
                sorted[sorted.length - 1] / 1e6);
    }

    private void remove() throws IOException {
        try (var files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
