package io.aiproxy.channels;

import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.GroupConfig;
import io.aiproxy.config.HealthConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.Strategy;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Headers;
import io.aiproxy.core.Origin;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.Secret;
import io.aiproxy.core.SocketLimits;
import io.aiproxy.core.Target;
import io.aiproxy.core.Timeouts;
import io.aiproxy.testing.Configured;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Channels, grants and requests for tests. */
final class Samples {
    private Samples() {}

    /** A channel that grows by its methods. */
    static final class Channel {
        private final String id;
        private String baseUrl = "https://upstream.example";
        private Optional<URI> websocketUrl = Optional.empty();
        private AuthConfig auth = AuthConfig.BEARER;
        private Status status = Status.ACTIVE;
        private boolean webSockets = true;
        private List<CredentialConfig> credentials = credentials("default");
        private List<String> models = List.of();
        private Map<String, String> aliases = Map.of();
        private Map<String, String> rewrites = Map.of();
        private Map<String, String> endpoints = Map.of();
        private int maxRetries = 1;
        private Duration backoff = Duration.ofMillis(200);
        private Strategy strategy = Strategy.PRIORITY;
        private HealthConfig health = HealthConfig.DEFAULT;

        Channel(String id) {
            this.id = id;
        }

        Channel base(String url) {
            baseUrl = url;
            return this;
        }

        Channel websocket(String url, Map<String, String> replaced) {
            websocketUrl = Optional.of(url).filter(u -> !u.isEmpty()).map(URI::create);
            endpoints = replaced;
            return this;
        }

        Channel withoutWebSockets() {
            webSockets = false;
            return this;
        }

        Channel disabled() {
            status = Status.DISABLED;
            return this;
        }

        Channel withoutCredentials(AuthConfig place) {
            auth = place;
            credentials = List.of();
            return this;
        }

        Channel keys(String... names) {
            credentials = credentials(names);
            return this;
        }

        Channel models(String... patterns) {
            models = List.of(patterns);
            return this;
        }

        Channel aliases(Map<String, String> map) {
            aliases = map;
            return this;
        }

        Channel rewrites(Map<String, String> map) {
            rewrites = map;
            return this;
        }

        Channel retry(int max, Duration wait) {
            maxRetries = max;
            backoff = wait;
            return this;
        }

        /** Credentials named k0, k1 … with these weights, tried by this strategy. */
        Channel balanced(Strategy by, int... weights) {
            strategy = by;
            List<CredentialConfig> list = new ArrayList<>();
            for (int weight : weights) {
                String name = "k" + list.size();
                list.add(new CredentialConfig(name, Secret.of("secret of " + name), weight, Map.of()));
            }
            credentials = list;
            return this;
        }

        Channel health(HealthConfig config) {
            health = config;
            return this;
        }

        ChannelConfig build() {
            return new ChannelConfig(
                    id,
                    "Name of " + id,
                    URI.create(baseUrl),
                    websocketUrl,
                    credentials,
                    auth,
                    Dialect.OPENAI,
                    status,
                    100,
                    models,
                    aliases,
                    rewrites,
                    new ChannelConfig.HeaderRules(Map.of(), List.of()),
                    ChannelConfig.Forwarding.KEEP,
                    Timeouts.DEFAULT,
                    new ChannelConfig.RetryConfig(maxRetries, backoff),
                    new Target(
                            new Origin(true, "upstream.example", 443),
                            new Target.Tls(true, Optional.empty(), "upstream.example"),
                            Optional.empty(),
                            false),
                    "upstream.example",
                    webSockets,
                    endpoints,
                    SocketLimits.DEFAULT,
                    Optional.empty(),
                    strategy,
                    health,
                    List.of(),
                    Map.of(),
                    false,
                    List.of(),
                    UsageConfig.defaults(true));
        }

        private static List<CredentialConfig> credentials(String... names) {
            List<CredentialConfig> list = new ArrayList<>();
            for (String name : names) {
                list.add(new CredentialConfig(name, Secret.of("secret of " + name)));
            }
            return list;
        }
    }

    static Channel channel(String id) {
        return new Channel(id);
    }

    static Snapshot snapshot(Channel... channels) {
        return snapshot(List.of(), channels);
    }

    static Snapshot snapshot(List<GroupConfig> groups, Channel... channels) {
        Map<String, GroupConfig> named = new LinkedHashMap<>();
        groups.forEach(group -> named.put(group.id(), group));
        Map<String, ChannelConfig> byId = new LinkedHashMap<>();
        for (Channel channel : channels) {
            byId.put(channel.id, channel.build());
        }
        SystemConfig system = new SystemConfig(
                "info",
                List.of(),
                0,
                new SystemConfig.Limits(1, 1, 1),
                new SystemConfig.Retry(4, Duration.ofSeconds(60), Duration.ofSeconds(5)),
                new SystemConfig.AccessLogConfig(SystemConfig.AccessLogConfig.Format.OFF, "", 1, Duration.ZERO, 1),
                new SystemConfig.Affinity(10, Duration.ofDays(1)),
                new SystemConfig.Client(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
                new SystemConfig.Websocket(true),
                new SystemConfig.Cors(List.of()),
                SystemConfig.Anonymous.NOBODY,
                SystemConfig.defaults().keys(),
                SystemConfig.defaults().admin(),
                SystemConfig.defaults().backup(),
                SystemConfig.defaults().usage(),
                SystemConfig.defaults().report(),
                SystemConfig.defaults().tracing(),
                SystemConfig.defaults().money());
        return Configured.snapshot(1, Instant.EPOCH, Map.of(), byId, named, system, false, List.of());
    }

    /** All credentials of these channels in order. */
    static List<Candidate> candidates(Channel... channels) {
        List<Candidate> list = new ArrayList<>();
        for (Channel channel : channels) {
            ChannelConfig built = channel.build();
            built.credentials().forEach(credential -> list.add(new Candidate(built, credential)));
        }
        return list;
    }

    /** Grants in this order. */
    static List<ChannelGrant> grants(String... channels) {
        List<ChannelGrant> list = new ArrayList<>();
        for (String channel : channels) {
            list.add(new ChannelGrant(channel, list.size() + 1));
        }
        return list;
    }

    static RequestHead request(String target, String... headers) {
        return new RequestHead(
                "POST", target, headers(headers), new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), false);
    }

    static Headers headers(String... fields) {
        return new Headers() {
            @Override
            public String get(String name) {
                List<String> all = all(name);
                return all.isEmpty() ? null : all.get(0);
            }

            @Override
            public List<String> all(String name) {
                List<String> values = new ArrayList<>();
                forEach((field, value) -> {
                    if (field.equalsIgnoreCase(name)) {
                        values.add(value);
                    }
                });
                return values;
            }

            @Override
            public void forEach(BiConsumer<String, String> consumer) {
                for (int i = 0; i < fields.length; i += 2) {
                    consumer.accept(fields[i], fields[i + 1]);
                }
            }
        };
    }
}
