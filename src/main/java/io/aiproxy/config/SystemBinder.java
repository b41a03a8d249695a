package io.aiproxy.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The mapping under {@code system:}. */
final class SystemBinder {
    private static final Map<String, String> LOG_LEVELS = new java.util.LinkedHashMap<>();
    private static final long LARGEST_HEAD = 16 << 20;

    static {
        for (String level : new String[] {"error", "warn", "info", "debug", "trace"}) {
            LOG_LEVELS.put(level, level);
        }
    }

    private static final List<String> LOOPBACK = List.of("127.0.0.1", "::1");

    private final NodeReader system;
    /** Ids of all users; empty if they could not be read, and then no name is judged. */
    private final Optional<Set<String>> users;

    private final SystemConfig standard = SystemConfig.defaults();

    private SystemBinder(NodeReader system, Optional<Set<String>> users) {
        this.system = system;
        this.users = users;
    }

    static SystemConfig bind(NodeReader system, Optional<Set<String>> users) {
        return new SystemBinder(system, users).system();
    }

    private SystemConfig system() {
        system.duration("config_reload_interval", java.time.Duration.ZERO);
        if (system.has("config_reload_interval")) {
            system.warn("config_reload_interval has no effect: changes of the files are seen at once. Remove it");
        }
        SystemConfig config = new SystemConfig(
                system.choice("log_level", LOG_LEVELS, standard.logLevel()),
                Rules.networks(system.texts("trusted_proxies")),
                system.integer("max_connections", 0, standard.maxConnections()),
                limits(),
                retry(),
                accessLog(),
                affinity(),
                client(),
                websocket(),
                cors(),
                anonymous(),
                keys(),
                admin(),
                backup(),
                BooksReader.usage(system),
                BooksReader.report(system),
                BooksReader.tracing(system),
                MoneyReader.read(system));
        warnOfBrowsers(config);
        system.done();
        return config;
    }

    private SystemConfig.Limits limits() {
        NodeReader limits = system.child("limits");
        long body = limits.size("request_body", standard.limits().requestBody());
        long standardTotal = Math.max(body, standard.limits().requestBodiesTotal());
        long total = limits.size("request_bodies_total", standardTotal);
        long head = limits.size("request_head", standard.limits().requestHead());
        if (body > Integer.MAX_VALUE - 8) { // a body is one array
            limits.problem("request_body", "must be less than 2GiB");
        } else if (total < body) {
            limits.problem("request_bodies_total", "must not be less than request_body");
        }
        if (head > LARGEST_HEAD) {
            limits.problem("request_head", "must not be more than 16MiB");
        }
        limits.done();
        return new SystemConfig.Limits(body, total, (int) Math.min(head, LARGEST_HEAD));
    }

    private SystemConfig.Retry retry() {
        NodeReader retry = system.child("retry");
        SystemConfig.Retry result = new SystemConfig.Retry(
                retry.integer("max_attempts", 1, standard.retry().maxAttempts()),
                retry.duration("max_time", standard.retry().maxTime()),
                retry.duration("max_wait", standard.retry().maxWait()));
        retry.done();
        return result;
    }

    private SystemConfig.AccessLogConfig accessLog() {
        NodeReader log = system.child("access_log");
        SystemConfig.AccessLogConfig defaults = standard.accessLog();
        SystemConfig.AccessLogConfig result = new SystemConfig.AccessLogConfig(
                log.choice("format", SystemConfig.AccessLogConfig.Format.class, defaults.format()),
                log.label("file", defaults.file()),
                log.size("max_size", defaults.maxSize()),
                log.duration("keep", defaults.keep()),
                log.size("keep_total", defaults.keepTotal()));
        log.done();
        return result;
    }

    private SystemConfig.Affinity affinity() {
        NodeReader affinity = system.child("affinity");
        SystemConfig.Affinity result = new SystemConfig.Affinity(
                affinity.integer("max_ids", 0, standard.affinity().maxIds()),
                affinity.duration("keep", standard.affinity().keep()));
        affinity.done();
        return result;
    }

    private SystemConfig.Client client() {
        NodeReader client = system.child("client");
        SystemConfig.Client defaults = standard.client();
        SystemConfig.Client result = new SystemConfig.Client(
                client.duration("head_timeout", defaults.headTimeout()),
                client.duration("body_timeout", defaults.bodyTimeout()),
                client.duration("keep_alive", defaults.keepAlive()),
                client.duration("stall_timeout", defaults.stallTimeout()));
        client.done();
        return result;
    }

    private SystemConfig.Websocket websocket() {
        NodeReader websocket = system.child("websocket");
        SystemConfig.Websocket result = new SystemConfig.Websocket(
                websocket.flag("close_on_disable", standard.websocket().closeOnDisable()));
        websocket.done();
        return result;
    }

    private SystemConfig.Cors cors() {
        NodeReader cors = system.child("cors");
        List<String> origins = origins(cors, "origins");
        SystemConfig.Cors result = cors.has("origins") ? new SystemConfig.Cors(origins) : standard.cors();
        cors.done();
        return result;
    }

    private static List<String> origins(NodeReader fields, String key) {
        List<Text> origins = fields.texts(key);
        origins.forEach(origin -> {
            if (!origin.value().equals(SystemConfig.Cors.ANY) && !Urls.isOrigin(origin.value())) {
                origin.problem(
                        "is not an origin: scheme and host as a browser says them, e.g. https://app.example.com, or *");
            }
        });
        return origins.stream().map(Text::value).toList();
    }

    private SystemConfig.Keys keys() {
        NodeReader keys = system.child("keys");
        SystemConfig.Keys result = new SystemConfig.Keys(keys.choice(
                "store", SystemConfig.Keys.Store.class, standard.keys().store()));
        keys.done();
        return result;
    }

    private SystemConfig.Admin admin() {
        NodeReader admin = system.child("admin");
        List<Text> allowed = admin.texts("allowed_ips");
        if (admin.has("allowed_ips") && allowed.isEmpty()) {
            admin.problem(
                    "allowed_ips", "must name at least one address or network; everybody is [0.0.0.0/0, \"::/0\"]");
        }
        List<String> networks = Rules.networks(allowed);
        SystemConfig.Admin result = new SystemConfig.Admin(
                admin.has("allowed_ips") ? networks : standard.admin().allowedIps(), origins(admin, "cors_origins"));
        admin.done();
        return result;
    }

    private SystemConfig.Backup backup() {
        NodeReader backup = system.child("backup");
        SystemConfig.Backup result = new SystemConfig.Backup(
                backup.duration("every", standard.backup().every()),
                backup.label("to", standard.backup().to()),
                backup.integer("keep", 1, standard.backup().keep()));
        backup.done();
        return result;
    }

    private SystemConfig.Anonymous anonymous() {
        NodeReader anonymous = system.child("anonymous");
        Optional<Text> user = anonymous.text("user");
        List<String> networks = Rules.networks(anonymous.texts("allowed_ips"));
        boolean anyKey = anonymous.flag("any_key", false);
        boolean meant = anonymous.has("allowed_ips") || anonymous.has("any_key");
        if (meant && user.isEmpty() && !anonymous.has("user")) {
            anonymous.problem("user", "is missing; the id of the user that callers without a key are");
        }
        user.ifPresent(this::checkUser);
        anonymous.done();
        if (user.isEmpty()) {
            return SystemConfig.Anonymous.NOBODY;
        }
        if (anonymous.has("allowed_ips") && networks.isEmpty()) {
            anonymous.problem("allowed_ips", "must name at least one address or network");
        }
        return new SystemConfig.Anonymous(
                user.map(Text::value), anonymous.has("allowed_ips") ? networks : LOOPBACK, anyKey);
    }

    private void checkUser(Text user) {
        if (users.isPresent() && !users.get().contains(user.value())) {
            user.problem("user " + user.shown() + " is not in users.yaml"
                    + (user.resolved() ? "" : Words.didYouMean(user.value(), users.get())));
        }
    }

    /** A page that somebody opens on an allowed machine calls from there, and needs no key. */
    private void warnOfBrowsers(SystemConfig config) {
        if (config.anonymous().user().isPresent() && config.cors().origins().contains(SystemConfig.Cors.ANY)) {
            system.warn(
                    "anonymous: any web page that is opened on an allowed machine can call the gateway and read the "
                            + "answers. Name the pages that may under cors: {origins: […]}, or none: []");
        }
    }
}
