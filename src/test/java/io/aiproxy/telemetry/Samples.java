package io.aiproxy.telemetry;

import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.HealthConfig;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.Strategy;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.config.SystemConfig.AccessLogConfig;
import io.aiproxy.config.UsageConfig;
import io.aiproxy.config.UserConfig;
import io.aiproxy.core.Attempt;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Ending;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Origin;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.Secret;
import io.aiproxy.core.SocketLimits;
import io.aiproxy.core.SocketReport;
import io.aiproxy.core.SocketReport.ClosedBy;
import io.aiproxy.core.Target;
import io.aiproxy.core.Ticker;
import io.aiproxy.core.Timeouts;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.testing.Configured;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Receipts and configurations for this package's tests. */
final class Samples {
    /** 2026-11-21T01:30:00.123Z. */
    static final long MILLIS = Instant.parse("2026-11-21T01:30:00.123Z").toEpochMilli();

    static final long MS = 1_000_000;

    private Samples() {}

    /** A wall clock that only moves when told; the monotonic one is the machine's. */
    static final class WallClock implements Ticker {
        final AtomicLong millis = new AtomicLong(MILLIS);

        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long millis() {
            return millis.get();
        }

        void advance(Duration time) {
            millis.addAndGet(time.toMillis());
        }
    }

    static AccessLogConfig accessLog(AccessLogConfig.Format format, String file) {
        return new AccessLogConfig(format, file, 100 << 20, Duration.ofDays(7), 2L << 30);
    }

    static Receipt receipt() {
        return new Builder().build();
    }

    static Builder with() {
        return new Builder();
    }

    /** A receipt of a good chat call, to be changed where the test wants it otherwise. */
    static final class Builder {
        String id = "req-1";
        boolean counted = true;
        String user = "zhangsan";
        String key = "laptop";
        String channel = "bailian";
        String operation = "chat";
        String model = "qwen-max";
        String method = "POST";
        String path = "/v1/chat/completions";
        int status = 200;
        Ending ending = Ending.OK;
        String failure = "";
        long bytesIn = 812;
        long bytesOut = 5120;
        long durationNanos = 2_157_301_000L;
        long firstByteNanos = 390_120_000L;
        List<Attempt> attempts =
                List.of(new Attempt("bailian", "default", 200, Optional.empty(), 5 * MS, 395 * MS, true));
        String client = "10.1.2.3";
        String userAgent = "OpenAI/Python 2.1";
        int clientRetry = 0;
        Optional<SocketReport> socket = Optional.empty();
        Optional<Usage> usage = Optional.empty();
        UsageSource source = UsageSource.NONE;
        String modelAnswered = "";
        List<String> groups = List.of();
        Map<String, String> tags = Map.of();
        String work = "";

        Builder id(String value) {
            id = value;
            return this;
        }

        Builder uncounted() {
            counted = false;
            return this;
        }

        Builder user(String value) {
            user = value;
            return this;
        }

        Builder key(String value) {
            key = value;
            return this;
        }

        Builder channel(String value) {
            channel = value;
            return this;
        }

        Builder operation(String value) {
            operation = value;
            return this;
        }

        Builder model(String value) {
            model = value;
            return this;
        }

        Builder path(String value) {
            path = value;
            return this;
        }

        Builder ended(int withStatus, Ending how, String code) {
            status = withStatus;
            ending = how;
            failure = code;
            return this;
        }

        Builder nanos(long duration, long firstByte) {
            durationNanos = duration;
            firstByteNanos = firstByte;
            return this;
        }

        Builder attempts(Attempt... tries) {
            attempts = List.of(tries);
            return this;
        }

        Builder agent(String value) {
            userAgent = value;
            return this;
        }

        Builder clientRetry(int value) {
            clientRetry = value;
            return this;
        }

        /** A handshake, with whatever status was given or is given yet. */
        Builder socket(SocketReport report) {
            socket = Optional.of(report);
            return this;
        }

        Builder usage(Usage used) {
            usage = Optional.of(used);
            return this;
        }

        /** What books are told besides: groups, tags, the model that answered, an estimate. */
        Builder labels(List<String> ids, Map<String, String> values) {
            groups = ids;
            tags = values;
            modelAnswered = model + "-latest";
            source = UsageSource.ESTIMATED;
            return this;
        }

        Builder work(String value) {
            work = value;
            return this;
        }

        Receipt build() {
            return new Receipt(
                    id,
                    MILLIS,
                    counted,
                    user,
                    key,
                    channel,
                    channel.isEmpty() ? "" : "default",
                    Dialect.OPENAI,
                    operation,
                    model,
                    method,
                    path,
                    status,
                    ending,
                    failure,
                    bytesIn,
                    bytesOut,
                    durationNanos,
                    firstByteNanos,
                    412_900,
                    attempts,
                    client,
                    userAgent,
                    clientRetry,
                    7,
                    socket,
                    usage,
                    usage.isPresent() ? UsageSource.PROVIDER : source,
                    modelAnswered,
                    path,
                    groups,
                    tags,
                    Optional.empty(),
                    work);
        }
    }

    /** A session of a minute that the caller ended as it should be. */
    static Builder session() {
        return session(1000, ClosedBy.CALLER, "");
    }

    static Builder session(int code, ClosedBy by, String reason) {
        return with().operation("realtime")
                .ended(101, Ending.OK, "")
                .nanos(60_000 * MS, 5 * MS)
                .socket(new SocketReport(true, 12, 340, code, by, reason));
    }

    /** A handshake that was answered with something else. */
    static Builder refusedHandshake(int status, Ending ending, String code) {
        return with().operation("realtime").ended(status, ending, code).socket(SocketReport.REFUSED);
    }

    static Attempt failed(String channel, int status, FailureKind why) {
        return new Attempt(channel, "default", status, Optional.of(why), 0, 20 * MS, false);
    }

    static Attempt answered(String channel) {
        return new Attempt(channel, "default", 200, Optional.empty(), 20 * MS, 60 * MS, true);
    }

    /** A configuration with these channels and users, each user with so many keys. */
    static Snapshot snapshot(long version, List<ChannelConfig> channels, List<UserConfig> users) {
        Map<String, ChannelConfig> channelsById = new LinkedHashMap<>();
        channels.forEach(channel -> channelsById.put(channel.id(), channel));
        Map<String, UserConfig> usersById = new LinkedHashMap<>();
        users.forEach(user -> usersById.put(user.id(), user));
        SystemConfig system = new SystemConfig(
                "info",
                List.of(),
                0,
                new SystemConfig.Limits(64 << 20, 512 << 20, 64 << 10),
                new SystemConfig.Retry(4, Duration.ofSeconds(60), Duration.ofSeconds(5)),
                accessLog(AccessLogConfig.Format.OFF, "logs/access.log"),
                new SystemConfig.Affinity(100, Duration.ofDays(1)),
                new SystemConfig.Client(
                        Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(75), Duration.ofMinutes(10)),
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
        return Configured.snapshot(
                version, Instant.ofEpochMilli(MILLIS), usersById, channelsById, Map.of(), system, false, List.of());
    }

    static UserConfig user(String id, String name, Status status, int keys) {
        List<KeyConfig> all = IntStream.rangeClosed(1, keys)
                .mapToObj(i -> Configured.key(
                        Secret.of("pk_test_" + id + i),
                        "key-" + i,
                        Status.ACTIVE,
                        Optional.empty(),
                        List.of(),
                        List.of()))
                .toList();
        return Configured.user(id, name, status, List.of(), all, List.of());
    }

    static ChannelConfig channel(String id, String name, Status status) {
        URI base = URI.create("https://" + id + ".example.com");
        Origin origin = new Origin(true, base.getHost(), 443);
        return new ChannelConfig(
                id,
                name,
                base,
                Optional.empty(),
                List.of(new CredentialConfig("default", Secret.of("YOUR_KEY_HERE"))),
                AuthConfig.BEARER,
                Dialect.OPENAI,
                status,
                100,
                List.of(),
                Map.of(),
                Map.of(),
                new ChannelConfig.HeaderRules(Map.of(), List.of()),
                ChannelConfig.Forwarding.KEEP,
                Timeouts.DEFAULT,
                new ChannelConfig.RetryConfig(1, Duration.ofMillis(200)),
                new Target(origin, new Target.Tls(true, Optional.empty(), base.getHost()), Optional.empty(), false),
                base.getHost(),
                true,
                Map.of(),
                SocketLimits.DEFAULT,
                Optional.empty(),
                Strategy.PRIORITY,
                HealthConfig.DEFAULT,
                List.of(),
                Map.of(),
                false,
                List.of(),
                UsageConfig.defaults(true));
    }
}
