package io.aiproxy.access;

import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.ModelScope;
import io.aiproxy.config.PriceTable;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.config.UserConfig;
import io.aiproxy.config.UserGroupConfig;
import io.aiproxy.core.Headers;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a call pays for being let in among 10,000 users, each with a key, in a group that narrows addresses and models. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class AccessBenchmark {
    private static final int USERS = 10_000;
    /** A power of two, so that the next one is found without a division. */
    private static final int REQUESTS = 1 << 13;

    private final EphemeralKeys ephemeral = new EphemeralKeys(Ticker.SYSTEM);
    private final RequestHead[] requests = new RequestHead[REQUESTS];
    private final InetAddress client = InetAddress.getLoopbackAddress();
    private final long now = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();
    private AccessDirectory directory;
    private int next;

    /** Makes the users and a request of most of them. */
    @Setup
    public void prepare() {
        List<ChannelGrant> grants = List.of(new ChannelGrant("openai", 1), new ChannelGrant("bailian", 2));
        ModelScope models = ModelScope.ANY.within(List.of("gpt-*", "qwen*")).within(List.of("gpt-5*", "qwen-plus"));
        Map<String, UserConfig> users = new LinkedHashMap<>();
        for (int i = 0; i < USERS; i++) {
            users.put("user-" + i, user(i, grants, models));
        }
        UserGroupConfig group = new UserGroupConfig(
                "all",
                "All",
                Optional.empty(),
                Status.ACTIVE,
                grants,
                models,
                List.of("127.0.0.0/8", "10.0.0.0/8"),
                List.of(),
                List.of());
        directory = AccessDirectory.of(new Snapshot(
                1,
                Instant.EPOCH,
                users,
                Map.of("all", group),
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                PriceTable.EMPTY,
                SystemConfig.defaults(),
                false,
                List.of()));
        InetSocketAddress peer = new InetSocketAddress(client, 4711);
        for (int i = 0; i < REQUESTS; i++) {
            Headers headers = new OneHeader("authorization", "Bearer " + key((i * 31) % USERS));
            requests[i] = new RequestHead("POST", "/v1/chat/completions", headers, peer, false);
        }
    }

    private static String key(int user) {
        return "pk_fake_key_of_the_length_of_a_good_one_" + user;
    }

    private static UserConfig user(int i, List<ChannelGrant> grants, ModelScope models) {
        KeyConfig key = new KeyConfig(
                KeyDigest.of(key(i)),
                "",
                "laptop",
                Status.ACTIVE,
                Optional.empty(),
                Optional.empty(),
                grants,
                models,
                List.of(),
                List.of(),
                Optional.empty());
        return new UserConfig(
                "user-" + i,
                "User " + i,
                "",
                "",
                Status.ACTIVE,
                List.of(),
                List.of("all"),
                grants,
                models,
                List.of(key),
                List.of(),
                List.of());
    }

    /** The client's address, the key, its user's and group's state and addresses, the model. */
    @Benchmark
    public boolean admission() {
        RequestHead head = requests[next++ & (REQUESTS - 1)];
        Access access = directory.authenticate(head, directory.client(head), now, ephemeral);
        return access.models().allows("qwen-plus");
    }

    /** A key that nobody has. */
    @Benchmark
    public boolean stranger() {
        return directory.knows("pk_fake_key_of_the_length_of_a_good_one");
    }

    /** A request with one header field. */
    private record OneHeader(String field, String value) implements Headers {
        @Override
        public @Nullable String get(String name) {
            return field.equals(name) ? value : null;
        }

        @Override
        public List<String> all(String name) {
            return field.equals(name) ? List.of(value) : List.of();
        }

        @Override
        public void forEach(BiConsumer<String, String> consumer) {
            consumer.accept(field, value);
        }
    }
}
