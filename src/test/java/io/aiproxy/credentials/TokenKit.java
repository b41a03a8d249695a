package io.aiproxy.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.HealthConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.Strategy;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.Origin;
import io.aiproxy.core.Secret;
import io.aiproxy.core.SocketLimits;
import io.aiproxy.core.Target;
import io.aiproxy.core.Ticker;
import io.aiproxy.core.Timeouts;
import io.aiproxy.testing.Configured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.LoggerFactory;

/** Channels with recipes, a clock that tests move, and an ear for the log. */
final class TokenKit implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();
    static final TokenConfig.Timing TIMING = TokenConfig.Timing.DEFAULT;

    final Clock clock = new Clock();
    final Path dataDir;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<Tokens> opened = new ArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.aiproxy.credentials");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            String thrown =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            log.add(event.getLevel() + " " + event.getFormattedMessage() + thrown);
        }
    };

    /** A clock that stands still until it is moved. */
    static final class Clock implements Ticker {
        private final AtomicLong nanos = new AtomicLong(Duration.ofDays(9).toNanos());

        @Override
        public long nanos() {
            return nanos.get();
        }

        @Override
        public long millis() {
            return 1_800_000_000_000L + nanos.get() / 1_000_000;
        }

        void pass(Duration time) {
            nanos.addAndGet(time.toNanos());
        }
    }

    TokenKit(Path dataDir) {
        this.dataDir = dataDir;
        logger.setLevel(Level.DEBUG);
        appender.start();
        logger.addAppender(appender);
    }

    Tokens open() {
        Tokens tokens = Tokens.open(dataDir, clock);
        opened.add(tokens);
        return tokens;
    }

    List<String> log() {
        return log;
    }

    List<String> warnings() {
        return log.stream()
                .filter(line -> !line.startsWith("DEBUG") && !line.startsWith("INFO"))
                .toList();
    }

    @Override
    public void close() {
        opened.forEach(Tokens::close);
        logger.detachAppender(appender);
        logger.setLevel(null);
    }

    static String get(CompletionStage<Secret> stage) {
        try {
            return stage.toCompletableFuture().get(20, TimeUnit.SECONDS).reveal();
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("No token", e);
        }
    }

    static FailureException failure(CompletionStage<Secret> stage) {
        Throwable thrown = catchThrowable(() -> stage.toCompletableFuture().get(20, TimeUnit.SECONDS));
        assertThat(thrown).isInstanceOf(ExecutionException.class);
        assertThat(thrown.getCause()).isInstanceOf(FailureException.class);
        return (FailureException) thrown.getCause();
    }

    /** A recipe's token, made without any cache. */
    String make(ChannelConfig channel) {
        TokenRecipe recipe = TokenRecipe.of(channel.token().orElseThrow());
        return get(recipe.make(order(channel)).thenApply(Token::value));
    }

    TokenOrder order(ChannelConfig channel) {
        TokenHttp http = new TokenHttp(Runnable::run);
        return new TokenOrder(channel, channel.credentials().get(0), http, clock);
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TokenConfig.Timing timing(Duration lifetime, Duration early, Duration timeout) {
        return new TokenConfig.Timing(lifetime, early, timeout);
    }

    static TokenConfig.Jwt jwt(TokenConfig.Algorithm algorithm, String key, String claims) {
        return new TokenConfig.Jwt(algorithm, key, json(claims), Map.of(), false, Optional.empty(), TIMING);
    }

    static TokenConfig.ClientCredentials client(String url, TokenConfig.ClientAuth auth, TokenConfig.Timing timing) {
        return new TokenConfig.ClientCredentials(
                URI.create(url),
                auth,
                "{client_id}",
                "{client_secret}",
                TokenConfig.Algorithm.RS256,
                Map.of("scope", "models {tenant}"),
                timing);
    }

    static TokenConfig.Login login(String url, String body, boolean form, Optional<String> expiresIn) {
        return new TokenConfig.Login(
                URI.create(url),
                "POST",
                Map.of("X-Tenant", "{tenant}"),
                json(body),
                form,
                "/data/token",
                expiresIn,
                timing(Duration.ofHours(1), Duration.ofMinutes(5), Duration.ofSeconds(10)));
    }

    static Map<String, Secret> fields(String... namesAndValues) {
        Map<String, Secret> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put(namesAndValues[i], Secret.of(namesAndValues[i + 1]));
        }
        return fields;
    }

    static CredentialConfig credential(String name, String... fields) {
        return new CredentialConfig(name, Secret.of(""), 1, fields(fields));
    }

    static ChannelConfig channel(String id, TokenConfig token, CredentialConfig... credentials) {
        return channel(
                id,
                token,
                target(new Target.Tls(true, Optional.empty(), "upstream.example"), Optional.empty()),
                credentials);
    }

    static Target target(Target.Tls tls, Optional<Target.Egress> egress) {
        return new Target(new Origin(true, "upstream.example", 443), tls, egress, true);
    }

    static ChannelConfig channel(String id, TokenConfig token, Target target, CredentialConfig... credentials) {
        return new ChannelConfig(
                id,
                "Name of " + id,
                URI.create("https://upstream.example"),
                Optional.empty(),
                List.of(credentials),
                AuthConfig.BEARER,
                Dialect.OPENAI,
                Status.ACTIVE,
                100,
                List.of(),
                Map.of(),
                Map.of(),
                new ChannelConfig.HeaderRules(Map.of(), List.of()),
                ChannelConfig.Forwarding.KEEP,
                Timeouts.DEFAULT,
                new ChannelConfig.RetryConfig(1, Duration.ofMillis(200)),
                target,
                "upstream.example",
                true,
                Map.of(),
                SocketLimits.DEFAULT,
                Optional.ofNullable(token),
                Strategy.PRIORITY,
                HealthConfig.DEFAULT,
                List.of(),
                Map.of(),
                false,
                List.of(),
                UsageConfig.defaults(true));
    }

    static Snapshot snapshot(ChannelConfig... channels) {
        Map<String, ChannelConfig> byId = new LinkedHashMap<>();
        for (ChannelConfig channel : channels) {
            byId.put(channel.id(), channel);
        }
        return Configured.snapshot(
                1, Instant.EPOCH, Map.of(), byId, Map.of(), SystemConfig.defaults(), false, List.of());
    }
}
