package io.aiproxy.channels;

import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.UsageConfig;
import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.GroupConfig;
import io.aiproxy.config.HealthConfig;
import io.aiproxy.config.PriceTable;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.Strategy;
import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Headers;
import io.aiproxy.core.Origin;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.Secret;
import io.aiproxy.core.SocketLimits;
import io.aiproxy.core.Target;
import io.aiproxy.core.Ticker;
import io.aiproxy.core.Timeouts;
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
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a call pays for being balanced among 1,000 channels with 10 credentials each: the whole choice, and health's books. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class BalancerBenchmark {
    private static final int CHANNELS = 1_000;
    private static final int CREDENTIALS = 10;

    /** How channels of the group and credentials of each channel are chosen. */
    @Param({"PRIORITY", "ROUND_ROBIN", "WEIGHTED", "LEAST_IN_FLIGHT", "LATENCY"})
    public Strategy strategy;

    private ChannelDirectory directory;
    private ChannelDirectory.Request request;
    private final Outcome good = Outcome.response(200, Headers.NONE, 0, "");
    private final Outcome throttled = new Outcome.Response(429, TimeUnit.MILLISECONDS.toNanos(5), true, "");

    /** Makes the channels, one group of all of them. */
    @Setup
    public void prepare() {
        Map<String, ChannelConfig> channels = new LinkedHashMap<>();
        List<GroupConfig.Member> members = new ArrayList<>();
        List<ChannelGrant> grants = new ArrayList<>();
        for (int i = 0; i < CHANNELS; i++) {
            String id = "channel-" + i;
            channels.put(id, channel(id));
            members.add(new GroupConfig.Member(id, 1 + i % 3));
            grants.add(new ChannelGrant(id, 1, "all", 1 + i % 3));
        }
        GroupConfig group = new GroupConfig("all", members, strategy, List.of(), Optional.empty());
        directory = ChannelDirectory.of(
                new Snapshot(
                        1,
                        Instant.EPOCH,
                        Map.of(),
                        Map.of(),
                        channels,
                        Map.of("all", group),
                        Map.of(),
                        Map.of(),
                        PriceTable.EMPTY,
                        SystemConfig.defaults(),
                        false,
                        List.of()),
                new Balancer(Ticker.SYSTEM));
        directory.inForce();
        request = new ChannelDirectory.Request(
                List.copyOf(grants),
                new RequestHead(
                        "POST",
                        "/v1/chat/completions",
                        Headers.NONE,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
                        false),
                "gpt-4o",
                Optional.empty(),
                false);
    }

    private ChannelConfig channel(String id) {
        List<CredentialConfig> credentials = new ArrayList<>();
        for (int i = 0; i < CREDENTIALS; i++) {
            credentials.add(new CredentialConfig("key-" + i, Secret.of("fake-" + i), 1 + i % 3, Map.of()));
        }
        Origin origin = new Origin(true, "upstream.example", 443);
        return new ChannelConfig(
                id,
                id,
                URI.create("https://upstream.example"),
                Optional.empty(),
                credentials,
                AuthConfig.BEARER,
                Dialect.OPENAI,
                Status.ACTIVE,
                100,
                List.of("gpt-*"),
                Map.of(),
                Map.of(),
                new ChannelConfig.HeaderRules(Map.of(), List.of()),
                ChannelConfig.Forwarding.KEEP,
                Timeouts.DEFAULT,
                new ChannelConfig.RetryConfig(1, Duration.ofMillis(200)),
                new Target(origin, new Target.Tls(true, Optional.empty(), origin.host()), Optional.empty(), true),
                origin.host(),
                true,
                Map.of(),
                SocketLimits.DEFAULT,
                Optional.empty(),
                strategy,
                HealthConfig.DEFAULT,
                List.of(),
                Map.of(),
                false,
                List.of(), UsageConfig.defaults(true));
    }

    /** Rules, group, channel, credential: the first candidate. */
    @Benchmark
    public Candidate choose() {
        Choice choice = directory.choose(request);
        return directory.order(choice, SessionNames.NONE).next();
    }

    /** The same, and a call that succeeds there. */
    @Benchmark
    public Candidate chooseAndCall() {
        Choice choice = directory.choose(request);
        Candidate candidate = directory.order(choice, SessionNames.NONE).next();
        LiveAttempt attempt = candidate.health().begin();
        attempt.decided();
        attempt.judged(good, false);
        attempt.over();
        return candidate;
    }

    /** The same where the call is throttled for a while, so that somebody's health has changed before every choice. */
    @Benchmark
    public Candidate chooseAndThrottle() {
        Choice choice = directory.choose(request);
        Candidate candidate = directory.order(choice, SessionNames.NONE).next();
        LiveAttempt attempt = candidate.health().begin();
        attempt.decided();
        attempt.judged(throttled, false);
        attempt.over();
        return candidate;
    }
}
