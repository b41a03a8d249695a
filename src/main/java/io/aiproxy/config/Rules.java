package io.aiproxy.config;

import io.aiproxy.core.Networks;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What single values must look like. */
final class Rules {
    /** RFC 9110, section 5.6.2: token. */
    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

    private static final Pattern USER_ID = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N}._@+-]{0,63}");
    private static final Pattern CHANNEL_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int LONGEST_ID = 64;
    private static final int SHORTEST_PROXY_KEY = 8;
    static final int LARGEST_WEIGHT = 10_000;

    /** Headers that belong to a connection or a message's framing; the gateway makes them itself. */
    private static final Set<String> UNTOUCHABLE = Set.of(
            "connection", "content-length", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade");

    /** Headers of a WebSocket handshake by which its two ends know each other (RFC 6455, 11.3). */
    private static final Set<String> HANDSHAKE =
            Set.of("sec-websocket-key", "sec-websocket-accept", "sec-websocket-version");

    /**
     * First path segments that already mean something at the gateway's port, so no channel can be chosen by them: the
     * beginnings of providers' own paths, the resources of OpenAI's API for clients that leave {@code /v1} out, and the
     * operational pages. This is the only list of them. ({@code openai} may be a channel: Azure's {@code /openai/…} is
     * then reached through a channel of that name.)
     */
    static final Set<String> RESERVED = Set.of(
            // versions and prefixes of providers
            "v1",
            "v1alpha",
            "v1beta",
            "v1beta1",
            "v2",
            "v3",
            "v4",
            "api",
            "api-ws",
            "ws",
            "upload",
            "apps",
            "compatible-mode",
            "compatible-api",
            // resources without a version before them
            "chat",
            "completions",
            "embeddings",
            "responses",
            "models",
            "images",
            "audio",
            "files",
            "batches",
            "uploads",
            "realtime",
            "messages",
            "moderations",
            "rerank",
            "fine_tuning",
            "assistants",
            "threads",
            "vector_stores",
            "conversations",
            "videos",
            "projects",
            "tasks",
            // operational pages
            "health",
            "ready",
            "live",
            "status",
            "stats",
            "dashboard",
            "metrics",
            "config",
            "admin",
            "console",
            "openapi",
            "favicon.ico",
            "robots.txt");

    private Rules() {}

    static boolean token(String name) {
        return TOKEN.matcher(name).matches();
    }

    /** Whether the text can stand in a header's value: printable ASCII, so no line end and nothing that gets mangled. */
    static boolean headerValue(String value) {
        return within(value.replace('\t', ' '), ' ');
    }

    /** Whether the text has visible ASCII characters alone, at least one. */
    static boolean visible(String text) {
        return !text.isEmpty() && within(text, '!');
    }

    /** Whether there are only ASCII characters from {@code least} to the tilde; without a pattern, as it is asked of every key. */
    private static boolean within(String text, char least) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < least || c > '~') {
                return false;
            }
        }
        return true;
    }

    /** Letters, digits and some of the marks that ids may have: what nearly all are made of, told without a pattern. */
    private static boolean plainId(String id) {
        int length = id.length();
        if (length == 0 || length > LONGEST_ID || id.charAt(0) == '-') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = id.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    /** Whether the text can be asked for: a path, perhaps with a query. */
    static boolean requestPath(String text) {
        return text.startsWith("/") && visible(text) && text.indexOf('#') < 0;
    }

    /** Weights of those who share the work under {@code key}; a warning where they are of no use. */
    static void checkWeights(NodeReader fields, String key, Strategy strategy, List<Integer> weights) {
        if (!strategy.weighs() && weights.stream().anyMatch(weight -> weight > 1)) {
            fields.warn(
                    key,
                    "has weights, which strategy "
                            + strategy.name().toLowerCase(Locale.ROOT).replace('_', '-')
                            + " does not look at (0 alone counts); write strategy: weighted or least-in-flight, or leave "
                            + "them out");
        }
        if (!weights.isEmpty() && weights.stream().allMatch(weight -> weight == 0)) {
            fields.problem(key, "must not all have weight 0: nothing could be called");
        }
    }

    /** The name of a header that may be changed on the way to a channel. */
    static void checkHeaderName(String name, Text at) {
        if (!token(name)) {
            at.problem("is not a header name: letters, digits and - only");
        } else if (HANDSHAKE.contains(name.toLowerCase(Locale.ROOT))) {
            at.problem("this header belongs to the two ends of a WebSocket and cannot be changed");
        } else if (UNTOUCHABLE.contains(name.toLowerCase(Locale.ROOT))) {
            at.problem("this header is made by the gateway and cannot be changed"
                    + (name.equalsIgnoreCase("host") ? "; use the channel's key host" : ""));
        }
    }

    static void checkHeaderValue(Text value) {
        if (!headerValue(value.value())) {
            value.problem("must be one line of printable ASCII characters");
        }
    }

    /** {@code metadata.user_id}: names with dots between them. */
    static void checkBodyPath(String path, Value at) {
        for (String step : path.split("\\.", -1)) {
            if (step.isBlank()) {
                at.problem("is not a path in a body: names with dots between them, e.g. metadata.user_id or "
                        + "tools.*.cache_control");
                return;
            }
        }
    }

    static void checkCredential(Text key) {
        if (key.value().isBlank()) {
            key.problem("is empty");
        } else if (!headerValue(key.value()) || !key.value().strip().equals(key.value())) {
            key.problem("cannot be sent in a header: only visible ASCII characters, no spaces around it, one line");
        }
    }

    static void checkProxyKey(Text key) {
        if (key.value().length() < SHORTEST_PROXY_KEY || !visible(key.value())) {
            key.problem("must be at least " + SHORTEST_PROXY_KEY + " visible ASCII characters without spaces");
        }
    }

    static void checkUserId(String id, Value at) {
        checkPersonal(id, "a user", at);
    }

    static void checkUserGroupId(String id, Value at) {
        checkPersonal(id, "a user group", at);
    }

    static void checkAdminTokenId(String id, Value at) {
        checkPersonal(id, "an admin token", at);
    }

    private static void checkPersonal(String id, String what, Value at) {
        if (!plainId(id) && !USER_ID.matcher(id).matches()) {
            at.problem("the id of " + what
                    + " must begin with a letter or digit and have only letters, digits and . _ @ + -, at most 64");
        }
    }

    static void checkGroupId(String id, Value at) {
        if (!CHANNEL_ID.matcher(id).matches()) {
            at.problem("the id of a group must begin with A-Z, a-z or 0-9 and have only those and . _ -, at most 64");
        }
    }

    static void checkChannelId(String id, Value at) {
        if (!plainId(id) && !CHANNEL_ID.matcher(id).matches()) {
            at.problem("the id of a channel must begin with A-Z, a-z or 0-9 and have only those and . _ -, at most 64");
        } else if (RESERVED.contains(id.toLowerCase(Locale.ROOT))) {
            at.problem("this id is reserved: /" + id + "/… is a path of its own at the gateway; choose another");
        }
    }

    /** Paths replaced: both sides begin with {@code /}; the key is a path alone, so it is matched without the query. */
    static void checkPaths(Map<String, Text> paths) {
        paths.forEach((from, to) -> {
            if (!from.startsWith("/") || from.indexOf('?') >= 0) {
                to.problem("the path to be replaced must begin with / and have no query");
            }
            if (!to.value().startsWith("/")
                    || !headerValue(to.value())
                    || to.value().indexOf(' ') >= 0) {
                to.problem("the new path must begin with / and have only ASCII characters without spaces");
            }
        });
    }

    /** {@code models}: names, exact or with {@code *}; empty where nothing is said about them. */
    static List<String> models(NodeReader fields) {
        List<Text> names = fields.texts("models");
        if (names.isEmpty()) {
            return List.of();
        }
        names.stream().filter(name -> name.value().isBlank()).forEach(name -> name.problem("is empty"));
        return names.stream().map(Text::value).toList();
    }

    /** {@code tags}: words of the operator's choice, each once. */
    static List<String> tags(NodeReader fields) {
        List<Text> tags = fields.texts("tags");
        if (tags.isEmpty()) {
            return List.of();
        }
        tags.stream()
                .filter(tag -> tag.value().isBlank() || Words.hasControl(tag.value()))
                .forEach(tag -> tag.problem("must be a single line that is not empty"));
        return tags.stream().map(Text::value).distinct().toList();
    }

    /** Addresses and networks, each told by itself; the good ones are returned. */
    static List<String> networks(List<Text> entries) {
        return entries.isEmpty()
                ? List.of()
                : entries.stream().filter(Rules::network).map(Text::value).toList();
    }

    private static boolean network(Text entry) {
        try {
            return !Networks.parse(List.of(entry.value())).isEmpty();
        } catch (IllegalArgumentException bad) {
            entry.problem(
                    entry.shown() + " is not allowed; expected an address or network such as 10.1.2.3, 10.0.0.0/8, "
                            + "2001:db8::1 or fd00::/8");
            return false;
        }
    }
}
