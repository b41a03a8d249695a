package io.aiproxy.edge;

import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.RequestHead;
import io.aiproxy.wire.Answer;
import io.aiproxy.wire.CallHandler;
import io.aiproxy.wire.ServerCall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.CamelContext;
import org.apache.camel.component.netty.http.NettyHttpConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Gives every call to a consumer of the route set in force: an exact path before a prefix, the longer prefix before the
 * shorter. Consumers of a route set that is not yet in force wait; {@link #activate} exchanges all of them at once, so
 * that no call ever finds a gap.
 *
 * <p>An exact path (an operational page) steps back behind the prefixes when the call says by header which channel it
 * is for: no page of the gateway shadows a channel's path of the same name.
 */
public final class Mux implements CallHandler {
    private final Refusals refusals;
    private final String channelHeader;
    private final Map<CamelContext, List<Entry>> registered = new ConcurrentHashMap<>();
    private volatile @Nullable CamelContext active;
    private volatile List<Entry> entries = List.of();

    /**
     * @param refusals renders what the wire refuses
     * @param channelHeader the header by which a caller names a channel
     */
    public Mux(Refusals refusals, String channelHeader) {
        this.refusals = refusals;
        this.channelHeader = channelHeader;
    }

    /** One consumer and what it takes. */
    private record Entry(
            String path, boolean prefix, List<String> methods, NettyHttpConsumer consumer, CamelEntry camel) {
        boolean takes(String callPath, String method) {
            if (!methods.isEmpty() && !methods.contains(method)) {
                return false;
            }
            if (!prefix) {
                return callPath.equals(path);
            }
            return callPath.startsWith(path)
                    && (path.endsWith("/")
                            || callPath.length() == path.length()
                            || callPath.charAt(path.length()) == '/');
        }
    }

    void add(NettyHttpConsumer consumer) {
        CamelContext context = consumer.getEndpoint().getCamelContext();
        List<Entry> now = new ArrayList<>(registered.getOrDefault(context, List.of()));
        String configured = consumer.getConfiguration().getPath();
        String path = configured == null || configured.isEmpty() ? "/" : configured;
        String restrict = consumer.getEndpoint().getHttpMethodRestrict();
        now.add(new Entry(
                path,
                consumer.getConfiguration().isMatchOnUriPrefix(),
                restrict == null ? List.of() : List.of(restrict.split("\\s*,\\s*", -1)),
                consumer,
                new CamelEntry(consumer, refusals)));
        now.sort(Comparator.comparing(Entry::prefix)
                .thenComparing(
                        Comparator.comparingInt((Entry e) -> e.path().length()).reversed()));
        put(context, now);
    }

    void remove(NettyHttpConsumer consumer) {
        CamelContext context = consumer.getEndpoint().getCamelContext();
        List<Entry> now = new ArrayList<>(registered.getOrDefault(context, List.of()));
        now.removeIf(e -> e.consumer == consumer);
        put(context, now);
    }

    private synchronized void put(CamelContext context, List<Entry> now) {
        if (now.isEmpty() && context != active) {
            registered.remove(context);
        } else {
            registered.put(context, List.copyOf(now));
        }
        if (context == active) {
            entries = List.copyOf(now);
        }
    }

    /** From now on the consumers of {@code context} take the calls. */
    public synchronized void activate(CamelContext context) {
        active = context;
        entries = registered.getOrDefault(context, List.of());
        registered.keySet().retainAll(List.of(context));
    }

    int size() {
        return entries.size();
    }

    @Override
    public void handle(ServerCall call) {
        RequestHead head = call.call().head();
        String path = head.path();
        boolean forChannel = head.headers().contains(channelHeader);
        List<Entry> now = entries;
        for (int i = 0; i < now.size(); i++) {
            Entry entry = now.get(i);
            if (entry.takes(path, head.method()) && (entry.prefix || !forChannel)) {
                entry.camel.handle(call);
                return;
            }
        }
        refusals.respond(call, Failure.of(FailureKind.NOT_FOUND, "there is nothing at this path"));
    }

    @Override
    public Answer refusal(Call call, Failure failure) {
        return refusals.refusal(call, failure);
    }

    @Override
    public byte[] lastWords(Call call, Failure failure, byte[] tail) {
        return refusals.lastWords(call, failure, tail);
    }
}
