package io.aiproxy.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/**
 * A provider that plays scripts and writes down everything that reaches it.
 *
 * <pre>{@code
 * Gate gate = Gate.closed();
 * upstream.on(r -> r.path().equals("/v1/chat/completions"))
 *         .reply(Reply.sse().event("one").await(gate).event("two"));
 * }</pre>
 *
 * <p>{@link Reply#webSocket()} plays a WebSocket; {@link Recorded#socket()} has what came on it.
 *
 * <p>The rule given last is asked first. A rule with several replies plays them in turn and repeats the last. Without a
 * matching rule the answer is 404 and says so.
 */
public final class FakeUpstream implements AutoCloseable {
    private final ServerSocket server;
    private final Optional<SSLContext> tls;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fake-upstream");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<Recorded> requests = new CopyOnWriteArrayList<>();
    private final List<IOException> troubles = new CopyOnWriteArrayList<>();
    private final Set<UpstreamConnection> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile Optional<Head.Field> credential = Optional.empty();
    private volatile List<String> forbidden = List.of();

    private FakeUpstream(Optional<SSLContext> tls, int receiveBuffer) {
        this.tls = tls;
        try {
            server = new ServerSocket();
            server.setReuseAddress(true);
            if (receiveBuffer > 0) {
                server.setReceiveBufferSize(receiveBuffer);
            }
            server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 200);
        } catch (IOException e) {
            throw new IllegalStateException("The scripted upstream cannot listen", e);
        }
        threads.execute(this::accept);
    }

    /** Listens on a free port of 127.0.0.1, plain HTTP. */
    public static FakeUpstream start() {
        return new FakeUpstream(Optional.empty(), 0);
    }

    /** Listens with TLS under this identity. */
    public static FakeUpstream start(TestCa.Identity identity) {
        return new FakeUpstream(Optional.of(identity.serverContext()), 0);
    }

    /** As {@link #start()}, with a small receive buffer, so that a script that does not read is felt soon. */
    public static FakeUpstream startWithReceiveBuffer(int bytes) {
        return new FakeUpstream(Optional.empty(), bytes);
    }

    /** A port on which nobody listens. */
    public static int refusingPort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A rule: which requests, and what they get in turn. */
    public final class Rule {
        private final Predicate<Recorded> matcher;
        private final boolean headOnly;
        private final List<Function<Recorded, ? extends Scripted>> replies = new CopyOnWriteArrayList<>();
        private final AtomicInteger next = new AtomicInteger();

        private Rule(Predicate<Recorded> matcher, boolean headOnly) {
            this.matcher = matcher;
            this.headOnly = headOnly;
        }

        /** The next answer; the last one is repeated. */
        public Rule reply(Scripted reply) {
            return answer(request -> reply);
        }

        /** The next answer, made from the request. */
        public Rule answer(Function<Recorded, ? extends Scripted> answer) {
            replies.add(answer);
            return this;
        }

        /** How often the rule has answered. */
        public int uses() {
            return next.get();
        }

        private Scripted take(Recorded request) {
            int turn = next.getAndIncrement();
            return replies.get(Math.min(turn, replies.size() - 1)).apply(request);
        }
    }

    /** A rule for requests that match; it is asked when the whole request has arrived. */
    public Rule on(Predicate<Recorded> matcher) {
        return rule(new Rule(matcher, false));
    }

    /** A rule for a path without its query. */
    public Rule on(String path) {
        return on(r -> r.path().equals(path));
    }

    /** A rule for every request. */
    public Rule onAny() {
        return on(r -> true);
    }

    /** A rule that answers as soon as the head is there and never reads the body. */
    public Rule onHead(Predicate<Recorded> matcher) {
        return rule(new Rule(matcher, true));
    }

    private Rule rule(Rule rule) {
        rules.add(0, rule);
        return rule;
    }

    /** From now on requests without exactly this header field get 401. */
    public FakeUpstream expectCredential(String header, String value) {
        credential = Optional.of(new Head.Field(header, value));
        return this;
    }

    /** From now on {@link #leaks()} lists requests that contain one of these texts anywhere, in any case. */
    public FakeUpstream forbid(String... texts) {
        forbidden = List.of(texts);
        return this;
    }

    /** Requests that contain what they must not contain. */
    public List<Recorded> leaks() {
        return requests.stream().filter(r -> leaks(r.everything())).toList();
    }

    private boolean leaks(String text) {
        String lower = text.toLowerCase(java.util.Locale.ROOT);
        return forbidden.stream().anyMatch(f -> lower.contains(f.toLowerCase(java.util.Locale.ROOT)));
    }

    /** The port. */
    public int port() {
        return server.getLocalPort();
    }

    /** {@code http(s)://localhost:port} (a name and not an address, because SNI knows no addresses). */
    public String baseUrl() {
        return (tls.isPresent() ? "https://localhost:" : "http://localhost:") + port();
    }

    /** {@code localhost:port}, what belongs into {@code Host}. */
    public String authority() {
        return "localhost:" + port();
    }

    /** All requests whose head has arrived, in order. */
    public List<Recorded> requests() {
        return new ArrayList<>(requests);
    }

    /** The only request so far. */
    public Recorded only() {
        if (requests.size() != 1) {
            throw new AssertionError("Expected one request at the upstream, there were " + requests);
        }
        Recorded request = requests.get(0);
        request.await();
        return request;
    }

    /** The latest request. */
    public Recorded last() {
        if (requests.isEmpty()) {
            throw new AssertionError("Nothing has reached the upstream");
        }
        Recorded request = requests.get(requests.size() - 1);
        request.await();
        return request;
    }

    /** Blocks until so many requests have arrived; the last of them, complete. */
    public Recorded awaitRequest(int count) {
        await("request " + count + " at the upstream").atMost(Recorded.PATIENCE).until(() -> requests.size() >= count);
        Recorded request = requests.get(count - 1);
        request.await();
        return request;
    }

    /** Connections accepted since the start. */
    public int connections() {
        return connections.get();
    }

    /** Connections open at this moment. */
    public int openConnections() {
        return open.size();
    }

    /** What went wrong with connections: broken heads, refused handshakes. */
    public List<IOException> troubles() {
        return new ArrayList<>(troubles);
    }

    /** Forgets rules, requests and expectations; connections stay. */
    public void reset() {
        rules.clear();
        requests.clear();
        troubles.clear();
        credential = Optional.empty();
        forbidden = List.of();
    }

    /** Closes all connections that are idle or not, as a server does that is restarted. */
    public void dropConnections() {
        open.forEach(UpstreamConnection::close);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            troubles.add(e);
        }
        dropConnections();
        threads.shutdownNow();
    }

    Optional<SSLContext> tls() {
        return tls;
    }

    Recorded record(Head head, Recorded.Place place) {
        synchronized (requests) {
            Recorded request = new Recorded(requests.size() + 1, place, head);
            requests.add(request);
            return request;
        }
    }

    Optional<Scripted> atHead(Recorded request) {
        return rules.stream()
                .filter(r -> r.headOnly && r.matcher.test(request))
                .findFirst()
                .map(r -> r.take(request));
    }

    Scripted choose(Recorded request) {
        Optional<Head.Field> wanted = credential;
        if (wanted.isPresent()
                && !request.headers(wanted.get().name())
                        .equals(List.of(wanted.get().value()))) {
            return Reply.json(
                    401, "{\"error\":{\"message\":\"Incorrect API key provided\",\"code\":\"bad_upstream_key\"}}");
        }
        return rules.stream()
                .filter(r -> !r.headOnly && r.matcher.test(request))
                .findFirst()
                .map(r -> r.take(request))
                .orElseGet(() -> Reply.json(
                        404,
                        "{\"error\":{\"message\":\"No rule of the scripted upstream matches\",\"code\":\"no_rule\"}}"));
    }

    void trouble(IOException e) {
        if (!server.isClosed()) {
            troubles.add(e);
        }
    }

    void gone(UpstreamConnection connection) {
        open.remove(connection);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                UpstreamConnection connection =
                        new UpstreamConnection(this, threads, socket, connections.incrementAndGet());
                open.add(connection);
                threads.execute(connection);
            } catch (IOException e) {
                trouble(e);
            }
        }
    }
}
