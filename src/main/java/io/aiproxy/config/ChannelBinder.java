package io.aiproxy.config;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.SocketLimits;
import io.aiproxy.core.Timeouts;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** One entry under {@code channels:}. */
final class ChannelBinder {
    private static final String BASE_URL_HINT = "where the channel is, e.g. https://api.openai.com";
    /** Stands in for a URL that could not be read, so that the rest of the channel is read and its problems are told. */
    private static final URI NOWHERE = URI.create("https://invalid.invalid");

    private static final Duration BACKOFF = Duration.ofMillis(200);

    private final String id;
    private final NodeReader fields;
    private final TargetReader targets;
    private final EgressReader egress;

    private ChannelBinder(String id, NodeReader fields, Source source, EgressReader egress) {
        this.id = id;
        this.fields = fields;
        this.targets = new TargetReader(id, fields, source);
        this.egress = egress;
    }

    /** The channel; empty if it is no mapping. If it has problems, the caller must not use it. */
    static Optional<ChannelConfig> bind(String id, Value at, EgressReader egress) {
        Rules.checkChannelId(id, at);
        Optional<NodeReader> fields = at.fields();
        return fields.isPresent()
                ? Optional.of(new ChannelBinder(id, fields.get(), at.source(), egress).channel())
                : Optional.empty();
    }

    private ChannelConfig channel() {
        URI baseUrl =
                fields.required("base_url", BASE_URL_HINT).flatMap(Urls::http).orElse(NOWHERE);
        URI websocketUrl =
                fields.text("websocket_url").flatMap(Urls::websocket).orElseGet(() -> Urls.websocketOf(baseUrl));
        Dialect dialect = fields.choice("dialect", Dialect.class, Dialect.OPENAI);
        TokenRecipe token = TokenReader.read(fields);
        AuthConfig auth = token.present() ? AuthReader.readForToken(fields) : AuthReader.read(fields, dialect);
        List<CredentialConfig> credentials = CredentialReader.read(fields, token);
        checkCredentials(credentials, token, auth);
        ChannelConfig channel = new ChannelConfig(
                id,
                fields.label("name", id),
                baseUrl,
                Optional.of(websocketUrl),
                credentials,
                auth,
                dialect,
                fields.choice("status", Status.class, Status.ACTIVE),
                fields.integer("priority", 0, 100),
                names("models"),
                aliases(),
                paths("path_rewrite"),
                headers(),
                fields.choice("forwarding", ChannelConfig.Forwarding.class, ChannelConfig.Forwarding.KEEP),
                timeouts(),
                retry(),
                targets.target(baseUrl, egress),
                targets.hostHeader(baseUrl),
                fields.flag("supports_websocket", true),
                paths("websocket_endpoints"),
                sockets(),
                token.config(),
                fields.choice("strategy", Strategy.class, Strategy.PRIORITY),
                HealthReader.read(fields),
                RuleReader.read(fields),
                modelHosts(),
                privacy(),
                LimitReader.read(fields),
                UsageReader.read(fields, dialect));
        Rules.checkWeights(
                fields,
                "credentials",
                channel.strategy(),
                credentials.stream().map(CredentialConfig::weight).toList());
        fields.done();
        return channel;
    }

    private void checkCredentials(List<CredentialConfig> credentials, TokenRecipe token, AuthConfig auth) {
        boolean none = credentials.isEmpty() && !fields.has("credentials");
        if (token.present() && none) {
            String needs = String.join(", ", token.needs());
            fields.problem(
                    "credentials",
                    "is missing; what the channel's token is made from"
                            + (token.google()
                                    ? ", e.g. [{key_file: keys/company-1.json}]"
                                    : needs.isEmpty() ? "" : ", a list of mappings with " + needs));
        } else if (none && auth.place() != AuthConfig.Place.NONE) {
            fields.problem("api_key", "is missing; the provider's key, e.g. ${env:PROVIDER_API_KEY} (or auth: none)");
        }
    }

    private Map<String, String> modelHosts() {
        Map<String, Text> hosts = fields.map("model_hosts");
        Map<String, String> lower = new LinkedHashMap<>();
        hosts.forEach((model, host) -> {
            if (model.isBlank() || model.indexOf('*') >= 0) {
                host.problem("needs the name of one model; patterns with * do not work here");
            }
            TargetReader.checkHost(host);
            lower.put(model, host.value().toLowerCase(Locale.ROOT));
        });
        return Collections.unmodifiableMap(lower);
    }

    private boolean privacy() {
        boolean privacy = fields.flag("privacy", false);
        boolean added = fields.choice("forwarding", ChannelConfig.Forwarding.class, ChannelConfig.Forwarding.KEEP)
                == ChannelConfig.Forwarding.ADD;
        if (privacy && added) {
            fields.problem(
                    "privacy", "contradicts forwarding: add, which tells the channel who calls; remove one of them");
        }
        return privacy;
    }

    private List<String> names(String key) {
        List<Text> names = fields.texts(key);
        if (names.isEmpty()) {
            return List.of();
        }
        names.stream().filter(name -> name.value().isBlank()).forEach(name -> name.problem("is empty"));
        return names.stream().map(Text::value).toList();
    }

    private Map<String, String> aliases() {
        Map<String, Text> aliases = fields.map("model_aliases");
        aliases.forEach((alias, target) -> {
            if (alias.isBlank() || target.value().isBlank()) {
                target.problem("is empty; an alias is {name that callers use: name sent to the channel}");
            }
        });
        return TokenReader.values(aliases);
    }

    private Map<String, String> paths(String key) {
        Map<String, Text> paths = fields.map(key);
        Rules.checkPaths(paths);
        return TokenReader.values(paths);
    }

    private ChannelConfig.HeaderRules headers() {
        NodeReader headers = fields.child("headers");
        Map<String, Text> set = headers.map("set");
        List<Text> remove = headers.texts("remove");
        set.forEach((name, value) -> {
            Rules.checkHeaderName(name, value);
            Rules.checkHeaderValue(value);
        });
        remove.forEach(name -> Rules.checkHeaderName(name.value(), name));
        headers.done();
        List<String> lower = remove.stream()
                .map(name -> name.value().toLowerCase(Locale.ROOT))
                .toList();
        return new ChannelConfig.HeaderRules(TokenReader.values(set), lower);
    }

    private Timeouts timeouts() {
        fields.either("timeouts", "timeout");
        Timeouts standard = Timeouts.DEFAULT;
        Duration old = fields.duration("timeout", Duration.ZERO);
        boolean oldForm = fields.has("timeout");
        NodeReader timeouts = fields.child("timeouts");
        Timeouts result = new Timeouts(
                timeouts.duration("connect", standard.connect()),
                timeouts.duration("head", oldForm ? old : standard.head()),
                timeouts.duration("first_byte", standard.firstByte()),
                timeouts.duration("idle", oldForm ? old : standard.idle()),
                timeouts.duration("total", standard.total()));
        timeouts.done();
        return result;
    }

    private SocketLimits sockets() {
        NodeReader sockets = fields.child("websocket");
        SocketLimits standard = SocketLimits.DEFAULT;
        long frame = sockets.sizeOrNone("max_frame", standard.maxFrame());
        long standardMessage = Math.max(frame, standard.maxMessage());
        long message = sockets.sizeOrNone("max_message", standardMessage);
        if (message > 0 && frame > message) {
            if (sockets.has("max_frame")) {
                sockets.problem("max_frame", "must not be more than max_message, which a single frame would exceed");
            }
            frame = message;
        }
        SocketLimits result = new SocketLimits(
                frame,
                message,
                sockets.duration("idle", standard.idle()),
                sockets.duration("max_age", standard.maxAge()),
                sockets.integer("max_per_key", 0, standard.maxPerKey()));
        sockets.done();
        return result;
    }

    private ChannelConfig.RetryConfig retry() {
        int direct = fields.integer("max_retries", 0, 1);
        NodeReader retry = fields.child("retry");
        int nested = retry.integer("max_retries", 0, direct);
        Duration backoff = retry.duration("backoff", BACKOFF);
        if (fields.has("max_retries") && retry.has("max_retries")) {
            fields.problem("max_retries", "is also given under retry; remove one of them");
        }
        retry.done();
        return new ChannelConfig.RetryConfig(nested, backoff);
    }
}
