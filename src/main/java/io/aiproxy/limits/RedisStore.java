package io.aiproxy.limits;

import io.aiproxy.config.LimitConfig;
import io.aiproxy.core.Secret;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Counters as Redis keeps them, and one way to connect to it: everything that is sent over a connection is done in that
 * order and at most once, for a connection that breaks is not mended but replaced. Only {@link #close} waits.
 *
 * <p>All keys begin with {@value #TAG}, so that all lie in one slot of a cluster and one script can work on any of them.
 */
final class RedisStore implements AutoCloseable {
    private static final String TAG = "{aiproxy}";
    private static final String LEASES = TAG + "instances";
    private static final String COUNTER = TAG + "limit:";
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration DEADLINE = Duration.ofMillis(5);
    private static final int HEAD = 3;
    private static final int PER_CLAIM = 5;
    /** What may wait to be sent; more are refused at once. */
    private static final int QUEUE = 20_000;

    private final String instance = UUID.randomUUID().toString();
    private final RedisURI uri;
    private final Duration deadline;
    private final long leaseMillis;
    private final Spans spans;
    private final ClientResources resources;
    private final RedisClient client;
    private final RedisScript take = RedisScript.onCounters("take.lua");
    private final RedisScript correct = RedisScript.onCounters("correct.lua");
    private final RedisScript beat = RedisScript.alone("beat.lua");

    /**
     * @param url as Lettuce reads it; its {@code timeout}, if there is one, is the time that a call waits
     * @param lease after this time without a sign of life an instance is taken to be dead
     * @throws IllegalArgumentException when the URL cannot be used; says nothing of what is in it
     */
    RedisStore(Secret url, Duration lease, Spans spans) {
        this.uri = uri(url);
        this.deadline = uri.getTimeout().equals(RedisURI.DEFAULT_TIMEOUT_DURATION) ? DEADLINE : uri.getTimeout();
        uri.setTimeout(CONNECT);
        this.leaseMillis = lease.toMillis();
        this.spans = spans;
        this.resources = DefaultClientResources.builder()
                .ioThreadPoolSize(2) // the fewest that Lettuce allows
                .computationThreadPoolSize(2)
                .build();
        this.client = RedisClient.create(resources);
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false) // it would send again what may have been done already
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(QUEUE)
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT)
                        .keepAlive(true)
                        .tcpNoDelay(true)
                        .build())
                .build());
    }

    private static RedisURI uri(Secret url) {
        try {
            return RedisURI.create(url.reveal());
        } catch (RuntimeException e) { // its message may hold the URL, and that a password
            throw new IllegalArgumentException("The URL of Redis cannot be used; give"
                    + " redis://[:PASSWORD@]HOST[:PORT][/DATABASE][?timeout=5ms], or rediss:// with TLS");
        }
    }

    /** Where it is, for people; without user and password. */
    String place() {
        return uri.getSentinels().isEmpty()
                ? uri.getHost() + ":" + uri.getPort()
                : "the Sentinels' master " + uri.getSentinelMasterId();
    }

    /** After how long without a sign of life this instance is taken to be dead. */
    long leaseMillis() {
        return leaseMillis;
    }

    /** How long a call waits for an answer. */
    Duration deadline() {
        return deadline;
    }

    /** A new connection, with the scripts known at its other end. */
    CompletionStage<StatefulRedisConnection<String, String>> connect() {
        return client.connectAsync(StringCodec.UTF8, uri).thenApply(connection -> {
            take.load(connection);
            correct.load(connection);
            beat.load(connection);
            return connection;
        });
    }

    /** Takes all or nothing. */
    CompletionStage<Counters.Verdict> take(
            StatefulRedisConnection<String, String> on, List<Counters.Claim> claims, long nowMillis) {
        String[] keys = new String[claims.size() + 1];
        String[] values = head(claims.size(), nowMillis);
        keys[0] = LEASES;
        for (int i = 0; i < claims.size(); i++) {
            Counters.Claim claim = claims.get(i);
            keys[i + 1] = COUNTER + claim.counter().name();
            put(values, i, claim, claim.counter().limit().amount(), nowMillis);
        }
        return take.run(on, keys, values).thenApply(RedisStore::verdict);
    }

    private static Counters.Verdict verdict(List<Long> numbers) {
        List<Counters.Standing> standings = new ArrayList<>(numbers.size() / 3);
        for (int i = 1; i + 2 < numbers.size(); i += 3) {
            standings.add(new Counters.Standing(numbers.get(i), numbers.get(i + 1), numbers.get(i + 2)));
        }
        return new Counters.Verdict(numbers.get(0).intValue(), standings);
    }

    /** Adds, whatever the limits. */
    CompletionStage<List<Long>> correct(
            StatefulRedisConnection<String, String> on, List<Owed.Amount> amounts, long nowMillis) {
        String[] keys = new String[amounts.size() + 1];
        String[] values = head(amounts.size(), nowMillis);
        keys[0] = LEASES;
        for (int i = 0; i < amounts.size(); i++) {
            Owed.Amount amount = amounts.get(i);
            keys[i + 1] = COUNTER + amount.claim().counter().name();
            put(values, i, amount.claim(), amount.takenMillis(), nowMillis);
        }
        return correct.run(on, keys, values);
    }

    private String[] head(int claims, long nowMillis) {
        String[] values = new String[HEAD + PER_CLAIM * claims];
        values[0] = Long.toString(nowMillis);
        values[1] = instance;
        values[2] = Long.toString(leaseMillis);
        return values;
    }

    private void put(String[] values, int place, Counters.Claim claim, long third, long nowMillis) {
        int at = HEAD + PER_CLAIM * place;
        LimitConfig limit = claim.counter().limit();
        LimitConfig.Window window = limit.window().orElse(null);
        String kind = "m";
        values[at + 3] = "0";
        values[at + 4] = "0";
        if (window instanceof LimitConfig.Sliding sliding) {
            kind = "s";
            values[at + 3] = Long.toString(Spans.length(sliding));
        } else if (window instanceof LimitConfig.Calendar calendar) {
            Spans.Span span = spans.of(calendar, nowMillis);
            kind = "c";
            values[at + 3] = Long.toString(span.from());
            values[at + 4] = Long.toString(span.until());
        }
        values[at] = limit.shadow() ? shadow(kind) : kind;
        values[at + 1] = Long.toString(claim.amount());
        values[at + 2] = Long.toString(third);
    }

    private static String shadow(String kind) {
        return kind.equals("s") ? "S" : kind.equals("c") ? "C" : "M";
    }

    /** A sign of life; the answer is the server's time and how much of each counter it has put down to this instance. */
    CompletionStage<List<Long>> beat(StatefulRedisConnection<String, String> on, List<Counter> counters) {
        String[] keys = new String[counters.size() + 1];
        keys[0] = LEASES;
        for (int i = 0; i < counters.size(); i++) {
            keys[i + 1] = COUNTER + counters.get(i).name();
        }
        return beat.run(on, keys, new String[] {instance, Long.toString(leaseMillis)});
    }

    /** This instance is dead from now on. */
    CompletionStage<Long> leave(StatefulRedisConnection<String, String> on) {
        return on.async().hdel(LEASES, instance);
    }

    /** Ends everything; waits for a moment. */
    @Override
    public void close() {
        client.shutdown(0, 2, TimeUnit.SECONDS);
        Future<?> unused = resources.shutdown(0, 2, TimeUnit.SECONDS);
    }
}
