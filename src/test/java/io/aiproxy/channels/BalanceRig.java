package io.aiproxy.channels;

import static io.aiproxy.channels.Samples.request;

import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.GroupConfig;
import io.aiproxy.config.HealthConfig;
import io.aiproxy.config.Strategy;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Headers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Channels, a balancer and time, as calls meet them. */
final class BalanceRig {
    static final HealthConfig.Cooldown COOLDOWN =
            new HealthConfig.Cooldown(Duration.ofMinutes(5), Duration.ofSeconds(10));

    final ManualTicker ticker = new ManualTicker();
    final Balancer balancer = new Balancer(ticker);
    final List<HealthChange> changes = new ArrayList<>();
    private ChannelDirectory directory;
    private List<ChannelGrant> grants = List.of();

    BalanceRig() {
        balancer.health().listen(changes::add);
    }

    /** Breaker: opens at half of four calls failed, for 30 s, then two calls find out. */
    static HealthConfig health() {
        return new HealthConfig(
                new HealthConfig.Breaker(true, 50, Duration.ofSeconds(1), 100, 8, 4, Duration.ofSeconds(30), 2),
                COOLDOWN,
                Optional.empty());
    }

    /** Puts channels into force, granted one by one in their order. */
    BalanceRig with(Samples.Channel... channels) {
        directory = ChannelDirectory.of(Samples.snapshot(channels), balancer);
        directory.inForce();
        List<ChannelGrant> list = new ArrayList<>();
        for (Samples.Channel channel : channels) {
            list.add(new ChannelGrant(channel.build().id(), list.size() + 1));
        }
        grants = list;
        return this;
    }

    /** Puts channels into force as members of one group, with these weights. */
    BalanceRig group(
            Strategy strategy, Optional<GroupConfig.Session> session, int[] weights, Samples.Channel... channels) {
        List<GroupConfig.Member> members = new ArrayList<>();
        List<ChannelGrant> list = new ArrayList<>();
        for (int i = 0; i < channels.length; i++) {
            String id = channels[i].build().id();
            members.add(new GroupConfig.Member(id, weights[i]));
            list.add(new ChannelGrant(id, 1, "g", weights[i]));
        }
        GroupConfig group = new GroupConfig("g", members, strategy, List.of(), session);
        directory = ChannelDirectory.of(Samples.snapshot(List.of(group), channels), balancer);
        directory.inForce();
        grants = list;
        return this;
    }

    Order order() {
        return order("");
    }

    Order order(String session) {
        Choice choice = directory.choose(
                new ChannelDirectory.Request(grants, request("/v1/chat"), "", Optional.empty(), false));
        return directory.order(choice, config -> session);
    }

    Candidate first() {
        return order().next();
    }

    /** All candidates in the order in which a call would try them. */
    List<String> all() {
        Order order = order();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < order.size(); i++) {
            names.add(order.next().toString());
        }
        return names;
    }

    /** How often each comes first. */
    Map<String, Integer> count(int calls) {
        Map<String, Integer> counts = new TreeMap<>();
        for (int i = 0; i < calls; i++) {
            counts.merge(first().toString(), 1, Integer::sum);
        }
        return counts;
    }

    /** A call to this candidate with this outcome, which takes so long. */
    void call(Candidate candidate, Outcome outcome, Duration took) {
        LiveAttempt attempt = candidate.health().begin();
        ticker.pass(took);
        attempt.decided();
        attempt.judged(outcome, false);
        attempt.over();
    }

    void call(Candidate candidate, Outcome outcome) {
        call(candidate, outcome, Duration.ofMillis(1));
    }

    Candidate candidate(String name) {
        return directory.candidates().stream()
                .filter(one -> one.toString().equals(name))
                .findFirst()
                .orElseThrow();
    }

    static Outcome status(int status) {
        return Outcome.response(status, Headers.NONE, 0, "");
    }

    static Outcome throttled(Duration retryAfter) {
        return new Outcome.Response(429, retryAfter.toNanos(), true, "");
    }

    static Outcome failure(FailureKind kind) {
        return Outcome.failed(Failure.of(kind, "as scripted"));
    }
}
