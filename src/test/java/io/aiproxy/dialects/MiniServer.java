package io.aiproxy.dialects;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.aiproxy.core.Body;
import io.aiproxy.core.RequestHead;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;

/** A tiny HTTP server for what an SDK makes of an answer. */
public final class MiniServer implements AutoCloseable {
    /**
     * An answer.
     *
     * @param broken whether the connection breaks behind the last piece
     */
    public record Answer(int status, List<String> fields, List<byte[]> pieces, boolean broken) {
        public static Answer of(int status, String type, String body, String... fields) {
            List<String> all = new ArrayList<>(List.of(fields));
            all.add("Content-Type: " + type);
            return new Answer(status, all, List.of(body.getBytes(StandardCharsets.UTF_8)), false);
        }
    }

    public final List<RequestHead> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    public MiniServer(BiFunction<RequestHead, Body, Answer> answers) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            Body body = Body.of(exchange.getRequestBody().readAllBytes());
            List<String> fields = new ArrayList<>();
            exchange.getRequestHeaders().forEach((n, vs) -> vs.forEach(v -> fields.add(n + ": " + v)));
            RequestHead head = Heads.head(
                    exchange.getRequestMethod(), exchange.getRequestURI().toString(), fields.toArray(String[]::new));
            asked.add(head);
            write(exchange, answers.apply(head, body));
        });
        server.start();
    }

    private static void write(HttpExchange exchange, Answer answer) throws IOException {
        for (String field : answer.fields) {
            int colon = field.indexOf(':');
            exchange.getResponseHeaders()
                    .add(field.substring(0, colon), field.substring(colon + 1).strip());
        }
        long size = answer.pieces.stream().mapToLong(p -> p.length).sum();
        // a length that is never reached breaks the connection
        exchange.sendResponseHeaders(answer.status, answer.broken ? size + 1000 : size == 0 ? -1 : 0);
        if (size > 0) {
            OutputStream out = exchange.getResponseBody();
            for (byte[] piece : answer.pieces) {
                out.write(piece);
                out.flush();
            }
        }
        exchange.close();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
