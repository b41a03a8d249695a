package io.aiproxy.edge;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.access.EphemeralKeys;
import io.aiproxy.admin.AdminApi;
import io.aiproxy.admin.ExplainQuery;
import io.aiproxy.channels.Bound;
import io.aiproxy.channels.ChannelDirectory;
import io.aiproxy.channels.Health;
import io.aiproxy.core.Call;
import io.aiproxy.core.Caller;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.SocketWatch;
import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.TokenSource;
import io.aiproxy.dialects.ClientSecrets.ClientSecret;
import io.aiproxy.limits.Limits;
import io.aiproxy.telemetry.EventStream;
import io.aiproxy.telemetry.Meters;
import io.aiproxy.telemetry.Telemetry;
import io.aiproxy.telemetry.tracing.Tracing;
import io.aiproxy.wire.CallHandler;
import io.aiproxy.wire.UpstreamClients;
import io.netty.channel.EventLoop;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.apache.camel.Component;
import org.jspecify.annotations.Nullable;

/**
 * Camel's side of the gateway: the servers that routes listen on, the beans that their steps name, the route sets. Made
 * once per process.
 */
public final class Edge {
    private final Refusals refusals = new Refusals();
    private final SharedServer gateway;
    private final SharedServer ops;
    private final SharedServer demo;
    private final Policies policies = new Policies();
    private final SocketSlots slots = new SocketSlots();
    private final SocketPlans plans = new SocketPlans(policies);
    private final AdminStep admin = new AdminStep(policies);
    private final EventQueues events = new EventQueues();
    private final Tracing tracing = new Tracing();
    private final Map<String, Object> beans = new LinkedHashMap<>();

    /**
     * Ports as routes see them; asked late, because a free port is known only when its socket is open.
     *
     * @param gateway of everything
     * @param ops of the operational pages; null when they share the gateway's
     * @param demo of the demo channel
     */
    public record Ports(IntSupplier gateway, @Nullable IntSupplier ops, IntSupplier demo) {}

    /** Servers for these ports. */
    public Edge(Ports ports) {
        gateway = new SharedServer(mux(), ports.gateway(), false);
        IntSupplier opsPort = ports.ops();
        ops = opsPort == null
                ? new SharedServer(gateway.mux(), ports.gateway(), true)
                : new SharedServer(mux(), opsPort, true);
        demo = new SharedServer(mux(), ports.demo(), false);
        beans.put("gateway", gateway);
        beans.put("ops", ops);
        beans.put("demo", demo);
        beans.put("admin", admin);
    }

    private Mux mux() {
        return new Mux(refusals, tracing, ChannelDirectory.CHANNEL_HEADER);
    }

    /**
     * The steps of a call, by the names that route files use.
     *
     * @param memories of what upstreams have made
     * @param readers run what takes too long for an event loop: reading and changing large bodies
     * @param tokens made from credentials, for channels that want them
     */
    public void stages(Memories memories, Executor readers, TokenSource tokens) {
        EphemeralKeys ephemeral = new EphemeralKeys(Ticker.SYSTEM);
        beans.put("cors", new Cors(policies));
        beans.put("authenticate", new Authenticate(policies, ephemeral, memories.deferred()));
        beans.put("admit", new Admit(readers));
        beans.put("choose", new Choose(memories.affinity()));
        beans.put("substitute", new SubstituteKey(tokens, readers, Ticker.SYSTEM));
        beans.put("judge", new Judge(new TokenRefresh(tokens, Ticker.SYSTEM)));
        beans.put(
                "settle", new Settle(memories.affinity(), (call, at, secret) -> remember(ephemeral, call, at, secret)));
        beans.put("demo-answer", new DemoStep());
        for (Dialect dialect : Dialect.values()) {
            beans.put("render-" + dialect.tag(), new RenderFailure(dialect));
        }
    }

    /** The steps that take calls' shares of limits. */
    public void limits(Limits limits) {
        beans.put("limit", new LimitCall(limits));
        beans.put("reserve", new Reserve(limits, Ticker.SYSTEM));
    }

    private static void remember(EphemeralKeys keys, Call call, Bound at, ClientSecret secret) {
        Caller owner = call.caller();
        if (owner != null) {
            keys.remember(
                    secret.value(),
                    new EphemeralKeys.Owner(owner.userId(), owner.keyName(), at.channel(), at.credential()),
                    secret.expiresAtMillis());
        }
    }

    /** The operational pages. */
    public void pages(OpsPages pages) {
        beans.putAll(pages.steps(health()));
    }

    /** From now on {@code api} administers, on threads of {@code lanes}: it blocks. */
    public void admin(AdminApi api, Function<AdminApi.Lane, Executor> lanes) {
        admin.use(api, lanes);
    }

    /** What would become of a call, with the policy in force; see {@link io.aiproxy.admin.Hooks#explain}. */
    public JsonNode explain(ExplainQuery query) {
        return new Explanation(policies.current(), health(), Ticker.SYSTEM).of(query);
    }

    /**
     * The step that looks after everybody's health.
     *
     * @param loops where probes are sent; with none nobody is probed
     */
    public void probes(UpstreamClients clients, TokenSource tokens, List<? extends EventLoop> loops) {
        beans.put("probe", new HealthProbes(policies, new HealthProbe.Ways(clients, tokens), loops, Ticker.SYSTEM));
    }

    private Health health() {
        return policies.balancer().health();
    }

    /** Tells of channels' and credentials' health from now on. */
    public void tellHealth(Telemetry telemetry) {
        Health health = health();
        health.listen(new HealthLog(telemetry));
        telemetry.observeChannels(Meters.CHANNEL_IN_FLIGHT, health::inFlight);
        telemetry.observeChannels(Meters.CHANNEL_CREDENTIALS, channel -> health.count(channel, true), "healthy");
        telemetry.observeChannels(Meters.CHANNEL_CREDENTIALS, channel -> health.count(channel, false), "unhealthy");
    }

    /** Any other object that routes may name. */
    public void bean(String name, Object bean) {
        beans.put(name, bean);
    }

    /** The names that routes can refer to, of everything registered so far. */
    Set<String> names() {
        return Set.copyOf(beans.keySet());
    }

    /** Route sets over everything that was registered so far. */
    public RouteSets routeSets(UpstreamClients clients, Properties properties) {
        Map<String, Supplier<Component>> components = Map.of(
                "upstream",
                () -> new UpstreamComponent(clients, slots, plans),
                WebSocketComponent.SCHEME,
                () -> new WebSocketComponent(gateway.mux()));
        RouteSet.Surroundings surroundings = new RouteSet.Surroundings(Map.copyOf(beans), components, properties);
        return new RouteSets(
                surroundings,
                List.of(gateway.mux()::activate, ops.mux()::activate, demo.mux()::activate, events::activate));
    }

    /** Tells {@code watch} of every handshake that arrives; of those at the demo channel its caller's is told already. */
    public void watch(SocketWatch watch) {
        gateway.mux().watch(watch);
        ops.mux().watch(watch);
    }

    /** From now on what {@code telemetry} is told goes to the routes that want it. */
    public void tellEvents(Telemetry telemetry) {
        telemetry.publishTo(events);
        telemetry.traceWith(tracing);
        for (EventStream stream : EventStream.values()) {
            telemetry.observe(Meters.EVENTS_DROPPED, () -> events.dropped(stream), stream.queue());
        }
    }

    /** The policy in force. */
    public Policies policies() {
        return policies;
    }

    /** Handles the calls of the gateway's port. */
    public CallHandler gateway() {
        return gateway.mux();
    }

    /** Handles the calls of the operational pages' port. */
    public CallHandler ops() {
        return ops.mux();
    }

    /** Handles the calls of the demo channel. */
    public CallHandler demo() {
        return demo.mux();
    }
}
