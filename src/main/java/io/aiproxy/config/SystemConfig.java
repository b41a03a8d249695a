package io.aiproxy.config;

import io.aiproxy.core.KeyDigest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What holds for the whole gateway (system.yaml, under {@code system:}). The file may be missing. The
 * old {@code config_reload_interval} is accepted and has no effect: changes of the files are seen at once.
 *
 * @param logLevel {@code error, warn, info, debug, trace} for the application log. Default: info
 * @param trustedProxies addresses and networks whose {@code X-Forwarded-For} is believed. Default: none. Never name a
 *     network from which callers come: they could then choose their own address
 * @param maxConnections client connections accepted at once; beyond it new ones are closed at once. 0: no limit.
 *     Default: 0
 * @param limits sizes
 * @param retry bounds over all channels of a call
 * @param accessLog the access log
 * @param affinity memory of ids that were created at a channel
 * @param client patience with callers
 * @param websocket what holds for all WebSockets; the limits of each are its channel's
 * @param cors what scripts in browsers may do
 * @param anonymous who callers without any key are. Default: nobody, they are refused
 * @param keys how proxy keys are kept
 * @param admin who reaches the administrators' API
 * @param backup archives of the configuration, made by the clock
 * @param usage how usage is booked
 * @param report the report that is made by the clock
 * @param tracing traces for OpenTelemetry
 * @param money in which money costs are booked
 */
public record SystemConfig(
        String logLevel,
        List<String> trustedProxies,
        int maxConnections,
        Limits limits,
        Retry retry,
        AccessLogConfig accessLog,
        Affinity affinity,
        Client client,
        Websocket websocket,
        Cors cors,
        Anonymous anonymous,
        Keys keys,
        Admin admin,
        Backup backup,
        BooksConfig usage,
        ReportConfig report,
        TracingConfig tracing,
        MoneyConfig money) {

    /** What holds where system.yaml says nothing, or is not there. */
    public static SystemConfig defaults() {
        long mebibyte = 1 << 20;
        return new SystemConfig(
                "info",
                List.of(),
                0,
                new Limits(64 * mebibyte, Runtime.getRuntime().maxMemory() / 2, 64 << 10),
                new Retry(4, Duration.ofSeconds(60), Duration.ofSeconds(5)),
                new AccessLogConfig(
                        AccessLogConfig.Format.JSON,
                        "logs/access.log",
                        100 * mebibyte,
                        Duration.ofDays(7),
                        2048 * mebibyte),
                new Affinity(200_000, Duration.ofDays(30)),
                new Client(
                        Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(75), Duration.ofMinutes(10)),
                new Websocket(true),
                new Cors(List.of(Cors.ANY)),
                Anonymous.NOBODY,
                new Keys(Keys.Store.PLAIN),
                new Admin(List.of("127.0.0.1", "::1"), List.of()),
                new Backup(Duration.ZERO, "backups", 14),
                BooksConfig.defaults(),
                ReportConfig.DEFAULT,
                TracingConfig.OFF,
                MoneyConfig.DEFAULT);
    }

    /**
     * Sizes; units {@code KiB, MiB, GiB, KB, MB, GB}, a bare number is bytes.
     *
     * @param requestBody largest request body; above it 413. Default: 64MiB
     * @param requestBodiesTotal all request bodies held at once; above it 503 with Retry-After. Default: half of the heap
     * @param requestHead request line and headers together; above it 431 (414 for the request line). Default: 64KiB
     */
    public record Limits(long requestBody, long requestBodiesTotal, int requestHead) {}

    /**
     * Bounds of retry and failover. The SDKs retry too: attempts multiply.
     *
     * @param maxAttempts tries over all channels. Default: 4
     * @param maxTime no new try is begun later than this after the request arrived. Default: 60s
     * @param maxWait longest wait for a throttled channel ({@code Retry-After}) in all. Default: 5s
     */
    public record Retry(int maxAttempts, Duration maxTime, Duration maxWait) {}

    /**
     * The access log: one line per call.
     *
     * @param format {@code json} (default), {@code plain} or {@code off}
     * @param file path, relative to the data directory, or {@code stdout}. Default: {@code logs/access.log}
     * @param maxSize a new file is begun at this size. Default: 100MiB
     * @param keep files older than this are deleted. Default: 7d
     * @param keepTotal oldest files are deleted when all together are larger. Default: 2GiB
     */
    public record AccessLogConfig(Format format, String file, long maxSize, Duration keep, long keepTotal) {
        /** How a line looks. */
        public enum Format {
            JSON,
            PLAIN,
            OFF
        }
    }

    /**
     * Memory of ids that live in one upstream account (files, batches, stored responses, tasks …).
     *
     * @param maxIds ids remembered; the oldest are forgotten first. Default: 200000
     * @param keep forgotten after this long without use. Default: 30d
     */
    public record Affinity(int maxIds, Duration keep) {}

    /**
     * Patience with callers.
     *
     * @param headTimeout from the first byte of a request to the end of its head. Default: 30s
     * @param bodyTimeout between two bytes of a request body; then it is refused with 408. Default: 60s
     * @param keepAlive an idle connection is closed after this. Default: 75s
     * @param stallTimeout a caller that reads nothing while an answer waits for it is cut off after this. Default: 10m
     */
    public record Client(Duration headTimeout, Duration bodyTimeout, Duration keepAlive, Duration stallTimeout) {}

    /**
     * What holds for all WebSockets.
     *
     * @param closeOnDisable whether open sockets are closed (code 1008) as soon as their user or key is disabled or gone, or
     *     their channel is. Otherwise they live on until somebody closes them. Default: true
     */
    public record Websocket(boolean closeOnDisable) {}

    /**
     * Scripts in browsers that call the gateway from a page of another origin (CORS). A key is needed in any case: a browser
     * adds none by itself.
     *
     * @param origins origins whose scripts may read answers, e.g. {@code https://app.example.com}; {@code "*"}: any. Empty:
     *     the gateway says nothing about it, and what a channel says passes. Default: any
     */
    public record Cors(List<String> origins) {
        /** Any origin. */
        public static final String ANY = "*";
    }

    /**
     * How proxy keys are kept.
     *
     * @param store how the admin API writes a new key into users.yaml: {@code plain} (default), the key itself, or
     *     {@code sha256}, its digest alone, which is recommended: whoever reads the file then cannot use the keys, and each is
     *     shown once, when it is made. What stands in the file already stays as it is; both forms work beside each other
     */
    public record Keys(Store store) {
        /** What of a key is written. */
        public enum Store {
            PLAIN,
            SHA256
        }
    }

    /**
     * The administrators' API.
     *
     * @param allowedIps addresses and networks from which it can be reached; a token is needed in any case. Default:
     *     {@code [127.0.0.1, "::1"]}
     * @param corsOrigins origins whose scripts may use it, e.g. {@code https://console.example.com}. Default: none
     */
    public record Admin(List<String> allowedIps, List<String> corsOrigins) {}

    /**
     * Archives of the configuration, made by the clock, as {@code aiproxy backup} makes them.
     *
     * @param every so long after the one before, which a restart does not forget; 0: never. Default: 0
     * @param to directory, relative to the data directory; better on another disk. Default: {@code backups}
     * @param keep so many of the newest stay, older ones are deleted; other files in the directory are left alone.
     *     Default: 14
     */
    public record Backup(Duration every, String to, int keep) {}

    /**
     * Callers without any key, e.g. tools on the gateway's own machine: {@code anonymous: {user: local}}. A key that is wrong
     * is refused here as anywhere, unless {@code any_key} says otherwise. A proxy on the same machine must be in {@code trusted_proxies}, or everybody who comes
     * through it comes from {@code 127.0.0.1}; and a web page in a browser on an allowed machine comes from there as well,
     * so close {@code cors}.
     *
     * @param user the id of the user that they are, who needs no keys; the access log calls their key {@code anonymous}.
     *     Default: nobody
     * @param networks addresses and networks from which they may call, in addition to being allowed by the user's own list;
     *     in YAML {@code allowed_ips}. Default: {@code [127.0.0.1, "::1"]}
     * @param anyKey whether callers from there with a key that nobody has are that user, too: for SDKs that insist on some
     *     key. Somebody's key that is disabled or has expired is refused all the same; one that was deleted is nobody's.
     *     Default: false
     */
    public record Anonymous(Optional<String> user, List<String> networks, boolean anyKey) {
        /** No caller is let in without a key. */
        public static final Anonymous NOBODY = new Anonymous(Optional.empty(), List.of(), false);

        /** What logs and statistics call the key of those who have none. */
        public static final String KEY_NAME = "anonymous";

        /** What stands in for the key of such callers, if they are this user: a key that nobody can present. */
        public Optional<KeyConfig> keyOf(UserConfig of) {
            return user.filter(of.id()::equals)
                    .map(id -> new KeyConfig(
                            KeyDigest.NONE,
                            "",
                            KEY_NAME,
                            Status.ACTIVE,
                            Optional.empty(),
                            Optional.empty(),
                            of.channels(),
                            of.models(),
                            networks,
                            List.of(),
                            Optional.empty()));
        }
    }
}
