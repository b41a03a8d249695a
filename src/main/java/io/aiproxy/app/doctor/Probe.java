package io.aiproxy.app.doctor;

import io.aiproxy.app.doctor.Step.Verdict;
import io.aiproxy.app.doctor.Steps.Found;
import io.aiproxy.channels.UpstreamPath;
import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.HealthConfig;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.core.Dialect;
import io.aiproxy.credentials.Substitute;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** A cheap request by which a channel shows whether it takes a credential. */
final class Probe {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final ChannelConfig channel;
    private final String method;
    private final String path;
    private final Optional<String> body;
    private final Duration patience;
    private final boolean anyAnswer;

    private Probe(ChannelConfig channel, String method, String path) {
        this.channel = channel;
        this.method = method;
        this.path = path;
        this.body = Optional.empty();
        this.patience = PATIENCE;
        this.anyAnswer = method.equals("HEAD");
    }

    private Probe(ChannelConfig channel, HealthConfig.Probe configured) {
        this.channel = channel;
        this.method = configured.method();
        this.path = configured.path();
        this.body = configured.body();
        this.patience = configured.timeout();
        this.anyAnswer = false;
    }

    /** The channel's own, or its dialect's. */
    static Probe of(ChannelConfig channel) {
        Optional<HealthConfig.Probe> configured = channel.health().probe();
        if (configured.isPresent()) {
            return new Probe(channel, configured.get());
        }
        // Vertex AI lists no models under a fixed path; that a token was given says enough
        boolean vertex = channel.token()
                .filter(TokenConfig.GoogleServiceAccount.class::isInstance)
                .isPresent();
        Dialect dialect = vertex ? Dialect.GENERIC : channel.dialect();
        return switch (dialect) {
            case OPENAI, ANTHROPIC -> new Probe(channel, "GET", "/v1/models");
            case GOOGLE -> new Probe(channel, "GET", "/v1beta/models");
            case DASHSCOPE -> new Probe(channel, "GET", "/compatible-mode/v1/models");
            case GENERIC -> new Probe(channel, "HEAD", "/");
        };
    }

    /** What is asked. */
    String shown() {
        return method + " " + UpstreamPath.of(channel, path);
    }

    /** Sends it over a connection, and says in words what the answer means. */
    Found<Boolean> ask(Socket socket, Substitute credential, String proxyLogin, Budget budget) throws StepFailure {
        try {
            socket.setSoTimeout(budget.millis(patience));
            HttpHead.send(socket, request(credential, proxyLogin));
            HttpHead head = HttpHead.read(socket);
            boolean keyed = channel.auth().place() != AuthConfig.Place.NONE;
            Found<Boolean> found = Advice.of(head, anyAnswer, keyed);
            if (found.verdict() == Verdict.BAD) {
                throw new StepFailure(shown() + ": " + found.text());
            }
            return new Found<>(true, found.verdict(), shown() + ": " + found.text());
        } catch (SocketTimeoutException e) {
            throw new StepFailure(shown() + ": no answer within " + patience.toMillis()
                    + " ms: the channel is overloaded, or something on the way swallows requests");
        } catch (IOException e) {
            throw new StepFailure(shown() + ": the connection broke before the answer: " + budget.why(e));
        }
    }

    private String request(Substitute credential, String proxyLogin) {
        String target = credential.withQuery(UpstreamPath.of(channel, path));
        boolean whole =
                !channel.target().origin().tls() && channel.target().egress().isPresent();
        StringBuilder text = new StringBuilder()
                .append(method)
                .append(' ')
                .append(whole ? channel.target().origin().toString() : "")
                .append(target)
                .append(" HTTP/1.1\r\n");
        header(text, "Host", channel.hostHeader());
        header(text, "User-Agent", "aiproxy-doctor");
        header(text, "Accept", "*/*");
        header(text, "Connection", "close");
        if (channel.dialect() == Dialect.ANTHROPIC) {
            header(text, "anthropic-version", "2023-06-01");
        }
        if (credential.place() == AuthConfig.Place.HEADER) {
            header(text, credential.name(), credential.value());
        }
        channel.headers().set().forEach((name, value) -> header(text, name, value));
        body.ifPresent(json -> {
            header(text, "Content-Type", "application/json");
            header(text, "Content-Length", Integer.toString(json.getBytes(StandardCharsets.UTF_8).length));
        });
        return text.append(proxyLogin).append("\r\n").append(body.orElse("")).toString();
    }

    private static void header(StringBuilder to, String name, String value) {
        to.append(name).append(": ").append(value).append("\r\n");
    }
}
