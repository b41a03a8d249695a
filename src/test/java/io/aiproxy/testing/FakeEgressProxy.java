package io.aiproxy.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The HTTP proxy that leads out of a company's network: CONNECT and absolute-form requests, with Basic authentication if
 * asked for. It alone knows where the invented host names of a test are.
 */
public final class FakeEgressProxy implements AutoCloseable {
    private final ServerSocket server;
    private final Optional<String> wanted;
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    private final List<Head> seen = new CopyOnWriteArrayList<>();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fake-egress");
        thread.setDaemon(true);
        return thread;
    });

    private FakeEgressProxy(Optional<String> wanted) {
        this.wanted = wanted;
        try {
            server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        threads.execute(this::accept);
    }

    /** A proxy that anybody may use. */
    public static FakeEgressProxy open() {
        return new FakeEgressProxy(Optional.empty());
    }

    /** A proxy that asks for Basic authentication. */
    public static FakeEgressProxy withLogin(String user, String password) {
        return new FakeEgressProxy(Optional.of("Basic "
                + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8))));
    }

    /** Where an invented host name leads: a port of 127.0.0.1. */
    public FakeEgressProxy route(String host, int port) {
        ports.put(host, port);
        return this;
    }

    /** The port. */
    public int port() {
        return server.getLocalPort();
    }

    /** Heads of everything that asked to pass. */
    public List<Head> seen() {
        return new ArrayList<>(seen);
    }

    @Override
    public void close() {
        closeQuietly(server);
        sockets.forEach(FakeEgressProxy::closeQuietly);
        threads.shutdownNow();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                sockets.add(client);
                threads.execute(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try {
            HttpReader reader = new HttpReader(client.getInputStream());
            Optional<Head> head = reader.readHead();
            while (head.isPresent() && step(client, reader, head.get())) {
                head = reader.readHead();
            }
        } catch (IOException e) {
            closeQuietly(client);
        } finally {
            closeQuietly(client);
        }
    }

    private boolean step(Socket client, HttpReader reader, Head head) throws IOException {
        seen.add(head);
        OutputStream out = client.getOutputStream();
        if (wanted.isPresent() && !head.header("proxy-authorization").equals(wanted)) {
            reader.requestBody(head).readAll();
            write(out, "HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=\"out\"\r\nContent-Length: 0\r\n\r\n");
            return true;
        }
        String[] line = head.startLine().split(" ");
        if (line[0].equals("CONNECT")) {
            int colon = line[1].lastIndexOf(':');
            try (Socket target = dial(line[1].substring(0, colon), Integer.parseInt(line[1].substring(colon + 1)))) {
                write(out, "HTTP/1.1 200 Connected\r\n\r\n");
                tunnel(client, reader, target);
            }
            return false;
        }
        return forward(client, reader, head, URI.create(line[1]));
    }

    private boolean forward(Socket client, HttpReader reader, Head head, URI uri) throws IOException {
        byte[] body = reader.requestBody(head).readAll();
        String origin = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        StringBuilder text = new StringBuilder(head.startLine().split(" ")[0] + " " + origin + " HTTP/1.1\r\n");
        for (Head.Field field : head.fields()) {
            boolean own = field.name().toLowerCase(java.util.Locale.ROOT).startsWith("proxy-");
            boolean framing = field.name().equalsIgnoreCase("transfer-encoding")
                    || field.name().equalsIgnoreCase("content-length")
                    || field.name().equalsIgnoreCase("connection");
            if (!own && !framing) {
                text.append(field).append("\r\n");
            }
        }
        text.append("Content-Length: ").append(body.length).append("\r\nConnection: close\r\n\r\n");
        try (Socket target = dial(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort())) {
            write(target.getOutputStream(), text.toString());
            target.getOutputStream().write(body);
            target.getOutputStream().flush();
            copy(target.getInputStream(), client.getOutputStream());
        }
        return false;
    }

    private Socket dial(String host, int port) throws IOException {
        Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), ports.getOrDefault(host, port));
        sockets.add(socket);
        return socket;
    }

    private void tunnel(Socket client, HttpReader reader, Socket target) throws IOException {
        threads.execute(() -> {
            try {
                copy(target.getInputStream(), client.getOutputStream());
            } catch (IOException e) {
                closeQuietly(target);
            } finally {
                closeQuietly(client);
            }
        });
        byte[] some = reader.readSome(Long.MAX_VALUE);
        while (some.length > 0) {
            target.getOutputStream().write(some);
            target.getOutputStream().flush();
            some = reader.readSome(Long.MAX_VALUE);
        }
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        int n = from.read(buffer);
        while (n >= 0) {
            to.write(buffer, 0, n);
            to.flush();
            n = from.read(buffer);
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // The other side closed first.
        }
    }
}
