package io.aiproxy.edge;

import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.SocketWatch;
import io.aiproxy.telemetry.tracing.Tracing;
import io.aiproxy.wire.Answer;
import io.aiproxy.wire.CallHandler;
import io.aiproxy.wire.ServerCall;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.netty.http.NettyHttpConsumer;
import org.apache.camel.component.vertx.websocket.VertxWebsocketConsumer;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives every call to a consumer of the route set in force: an exact path before a prefix, the longer prefix before the
 * shorter. A WebSocket handshake goes to the consumers of {@code vertx-websocket}, and only there; every other call to
 * those of {@code netty-http}. Consumers of a route set that is not yet in force wait; {@link #activate} exchanges all of
 * them at once, so that no call ever finds a gap.
 *
 * <p>An exact path (an operational page) steps back behind the prefixes when the call says by header which channel it
 * is for: no page of the gateway shadows a channel's path of the same name.
 */
public final class Mux implements CallHandler {
    private final Refusals refusals;
    private final Tracing tracing;
    private final String channelHeader;
    private final Map<CamelContext, Doors> registered = new ConcurrentHashMap<>();
    private volatile @Nullable CamelContext active;
    private volatile Doors doors = Doors.NONE;
    private volatile SocketWatch watch = SocketWatch.NONE;

    /**
     * @param refusals renders what the wire refuses
     * @param tracing traces calls, if anybody wants it
     * @param channelHeader the header by which a caller names a channel
     */
    public Mux(Refusals refusals, Tracing tracing, String channelHeader) {
        this.refusals = refusals;
        this.tracing = tracing;
        this.channelHeader = channelHeader;
    }

    /** One consumer and what it takes; no methods means every method. What is operational is not counted. */
    private record Entry(
            DoorPath path, List<String> methods, DefaultConsumer consumer, CamelEntry camel, boolean operational) {
        boolean takes(String callPath, String method) {
            return (methods.isEmpty() || methods.contains(method)) && path.takes(callPath);
        }
    }

    /** The consumers of one route set, each list in the order in which they are asked. */
    private record Doors(List<Entry> http, List<Entry> webSocket) {
        static final Doors NONE = new Doors(List.of(), List.of());

        int size() {
            return http.size() + webSocket.size();
        }

        Doors without(DefaultConsumer consumer) {
            return new Doors(without(http, consumer), without(webSocket, consumer));
        }

        private static List<Entry> without(List<Entry> entries, DefaultConsumer consumer) {
            return entries.stream().filter(e -> e.consumer != consumer).toList();
        }

        static List<Entry> with(List<Entry> entries, Entry more) {
            return Stream.concat(entries.stream(), Stream.of(more))
                    .sorted(Comparator.comparing(Entry::path, DoorPath.ORDER))
                    .toList();
        }
    }

    /** Tells {@code listener} of every handshake that arrives from now on. */
    void watch(SocketWatch listener) {
        watch = listener;
    }

    /** Registers a front door for HTTP. */
    void add(NettyHttpConsumer consumer, boolean operational) {
        String configured = consumer.getConfiguration().getPath();
        String path = configured == null || configured.isEmpty() ? "/" : configured;
        String restrict = consumer.getEndpoint().getHttpMethodRestrict();
        Entry entry = new Entry(
                DoorPath.http(path, consumer.getConfiguration().isMatchOnUriPrefix()),
                restrict == null ? List.of() : List.of(restrict.split("\\s*,\\s*", -1)),
                consumer,
                new CamelEntry(consumer, refusals, tracing),
                operational);
        change(consumer, now -> new Doors(Doors.with(now.http, entry), now.webSocket));
    }

    /** Registers a front door for WebSocket handshakes. */
    void add(VertxWebsocketConsumer consumer) {
        URI uri = consumer.getEndpoint().getConfiguration().getWebsocketURI();
        Entry entry = new Entry(
                DoorPath.webSocket(uri.getRawPath()),
                List.of(),
                consumer,
                new CamelEntry(consumer, refusals, tracing),
                false);
        change(consumer, now -> new Doors(now.http, Doors.with(now.webSocket, entry)));
    }

    /** Forgets a front door of either kind. */
    void remove(DefaultConsumer consumer) {
        change(consumer, now -> now.without(consumer));
    }

    private synchronized void change(DefaultConsumer consumer, UnaryOperator<Doors> by) {
        CamelContext context = consumer.getEndpoint().getCamelContext();
        Doors now = by.apply(registered.getOrDefault(context, Doors.NONE));
        if (now.size() == 0 && context != active) {
            registered.remove(context);
        } else {
            registered.put(context, now);
        }
        if (context == active) {
            doors = now;
        }
    }

    /** From now on the consumers of {@code context} take the calls. */
    public synchronized void activate(CamelContext context) {
        active = context;
        doors = registered.getOrDefault(context, Doors.NONE);
        registered.keySet().retainAll(List.of(context));
    }

    int size() {
        return doors.size();
    }

    @Override
    public void handle(ServerCall call) {
        RequestHead head = call.call().head();
        if (call.call().handshake()) {
            handshake(call, head);
            return;
        }
        Entry entry = find(doors.http, head);
        if (entry == null) {
            refusals.respond(call, Failure.of(FailureKind.NOT_FOUND, "there is nothing at this path"));
        } else {
            entry.camel.handle(call);
        }
    }

    private void handshake(ServerCall call, RequestHead head) {
        watch.attempted();
        Entry entry = find(doors.webSocket, head);
        if (entry == null) {
            refusals.respond(
                    call,
                    Failure.of(
                            FailureKind.WEBSOCKET_NOT_SUPPORTED,
                            "there is no WebSocket at this path; use the HTTP form of this API"));
            return;
        }
        Optional<Failure> problem = HandshakeCheck.problem(call.call());
        if (problem.isPresent()) {
            refusals.respond(call, problem.get());
        } else {
            entry.camel.handle(call);
        }
    }

    private @Nullable Entry find(List<Entry> entries, RequestHead head) {
        String path = head.path();
        boolean forChannel = head.headers().contains(channelHeader);
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get(i);
            if (entry.takes(path, head.method()) && (!forChannel || entry.path.reach() != DoorPath.Reach.EXACT)) {
                return entry;
            }
        }
        return null;
    }

    @Override
    public void unfinished(Call call) {
        Refusals.dialect(call);
        uncount(call);
    }

    /** What no route has seen is an operational page's all the same if it was on the way to one. */
    private void uncount(Call call) {
        Entry entry = call.handshake() ? null : find(doors.http, call.head());
        if (entry != null && entry.operational) {
            call.uncounted();
        }
    }

    @Override
    public Answer refusal(Call call, Failure failure) {
        uncount(call);
        return refusals.refusal(call, failure);
    }

    @Override
    public byte[] lastWords(Call call, Failure failure, byte[] tail) {
        return refusals.lastWords(call, failure, tail);
    }
}
