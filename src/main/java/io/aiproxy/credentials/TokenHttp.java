package io.aiproxy.credentials;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.Headers;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Target;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks token endpoints, by the JDK's client: HTTP/2 where TLS negotiates it, otherwise HTTP/1.1. Redirects are not followed,
 * because a credential goes where the operator has sent it and nowhere else. One client per way of connecting.
 */
final class TokenHttp {
    /** Tokens are a few kilobytes at most. */
    static final int LARGEST_ANSWER = 256 << 10;

    private static final String TUNNEL_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

    static {
        // The JDK refuses to log in to a proxy that tunnels TLS by Basic, which is what such proxies want. It reads
        // this
        // once, when the first client is made; what an operator has set stays.
        if (System.getProperty(TUNNEL_SCHEMES) == null) {
            System.setProperty(TUNNEL_SCHEMES, "");
        }
    }

    private final Executor executor;
    private final Map<Way, HttpClient> clients = new ConcurrentHashMap<>();

    /** What a client depends on. */
    private record Way(TokenTls tls, Optional<Target.Egress> egress, boolean http2) {}

    /**
     * What an endpoint has said.
     *
     * @param status the HTTP status
     * @param head its header fields
     * @param body the whole body; JSON is UTF-8 (RFC 8259, 8.1)
     */
    record Answer(int status, Headers head, String body) {
        @Override
        public String toString() {
            return "answer " + status;
        }
    }

    /** The JDK's header fields as ours. */
    private record Head(HttpHeaders fields) implements Headers {
        @Override
        public @Nullable String get(String name) {
            return fields.firstValue(name).orElse(null);
        }

        @Override
        public List<String> all(String name) {
            return fields.allValues(name);
        }

        @Override
        public void forEach(BiConsumer<String, String> consumer) {
            fields.map().forEach((name, values) -> values.forEach(value -> consumer.accept(name, value)));
        }

        /** There may be cookies among them. */
        @Override
        public String toString() {
            return fields.map().keySet().toString();
        }
    }

    /** @param executor on which answers arrive; blocked for a moment by name look-ups and TLS handshakes */
    TokenHttp(Executor executor) {
        this.executor = executor;
    }

    /** New requests read certificate files again. */
    void forget() {
        clients.clear();
    }

    /**
     * Sends the request, and once more if the connection breaks before an answer: pooled connections are old ones.
     *
     * @param timeout how long all of it may take
     * @return completes with the whole answer, or exceptionally with a {@link FailureException}
     */
    CompletableFuture<Answer> send(TokenOrder order, TokenRequest request, Duration timeout) {
        Way way = way(order.channel(), request.uri());
        HttpClient client = client(order, request, way);
        HttpRequest http = http(order, request, way);
        AtomicReference<CompletableFuture<HttpResponse<byte[]>>> running = new AtomicReference<>();
        return start(client, http, running)
                .exceptionallyCompose(thrown -> TokenTrouble.worthRepeating(thrown)
                        ? start(client, http, running)
                        : CompletableFuture.failedFuture(thrown))
                .copy()
                .orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS)
                .handle((answer, thrown) -> {
                    if (thrown == null) {
                        return read(answer);
                    }
                    CompletableFuture<?> late = running.get();
                    if (thrown instanceof TimeoutException && late != null) {
                        late.cancel(true); // closes the connection
                    }
                    throw TokenTrouble.of(order, request.uri(), way.egress, timeout, thrown);
                });
    }

    private static Answer read(HttpResponse<byte[]> answer) {
        byte[] body = answer.body(); // the JDK gives none with a proxy's refusal to make a tunnel
        return new Answer(
                answer.statusCode(),
                new Head(answer.headers()),
                body == null ? "" : new String(body, StandardCharsets.UTF_8));
    }

    private static CompletableFuture<HttpResponse<byte[]>> start(
            HttpClient client, HttpRequest http, AtomicReference<CompletableFuture<HttpResponse<byte[]>>> running) {
        CompletableFuture<HttpResponse<byte[]>> started =
                client.sendAsync(http, head -> new BoundedBody(LARGEST_ANSWER));
        running.set(started);
        return started;
    }

    private Way way(ChannelConfig channel, URI endpoint) {
        boolean secure = "https".equalsIgnoreCase(endpoint.getScheme());
        Target.Tls tls = channel.target().tls();
        boolean sameHost = channel.target().origin().host().equalsIgnoreCase(endpoint.getHost());
        return new Way(
                secure ? new TokenTls(tls.verify(), tls.caFile(), sameHost) : TokenTls.DEFAULT,
                channel.egress(endpoint),
                secure
                        && channel.target()
                                .http2()); // over plain HTTP it would ask for an upgrade, which confuses servers
    }

    private HttpClient client(TokenOrder order, TokenRequest request, Way way) {
        HttpClient known = clients.get(way);
        if (known != null) {
            return known;
        }
        try {
            HttpClient.Builder builder = HttpClient.newBuilder()
                    .executor(executor)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .sslContext(way.tls.context());
            way.egress.ifPresentOrElse(
                    proxy -> builder.proxy(
                            ProxySelector.of(InetSocketAddress.createUnresolved(proxy.host(), proxy.port()))),
                    () -> builder.proxy(HttpClient.Builder.NO_PROXY)); // the JVM's own settings are not the gateway's
            HttpClient made = builder.build();
            HttpClient other = clients.putIfAbsent(way, made);
            return other == null ? made : other;
        } catch (IOException | GeneralSecurityException e) {
            throw order.misconfigured("its tls.ca_file, needed for the token endpoint at "
                    + request.uri().getHost() + ", cannot be used");
        }
    }

    private static HttpRequest http(TokenOrder order, TokenRequest request, Way way) {
        HttpRequest.BodyPublisher body = request.body().isEmpty()
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(request.body(), StandardCharsets.UTF_8);
        HttpRequest.Builder builder = HttpRequest.newBuilder(request.uri())
                .version(way.http2 ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
                .setHeader("accept", "application/json")
                .setHeader("user-agent", "AIProxy");
        way.egress.flatMap(TokenHttp::login).ifPresent(login -> builder.setHeader("proxy-authorization", login));
        request.headers().forEach((name, value) -> {
            try {
                builder.setHeader(name, value);
            } catch (IllegalArgumentException refused) { // its message quotes the value
                throw order.misconfigured(
                        "the header \"" + name + "\" of the token request has a name that is reserved, "
                                + "or a value with a line break or the like");
            }
        });
        return builder.method(request.method(), body).build();
    }

    private static Optional<String> login(Target.Egress proxy) {
        return proxy.user().map(user -> {
            String pair = user + ":" + proxy.password().map(Secret::reveal).orElse("");
            return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        });
    }
}
