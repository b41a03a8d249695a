package io.aiproxy.edge;

import io.aiproxy.telemetry.Event;
import io.aiproxy.telemetry.EventBus;
import io.aiproxy.telemetry.EventStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.component.seda.SedaConsumer;
import org.apache.camel.component.seda.SedaEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events as messages in the queues of the route set in force, from which routes take them on threads of their own. A queue that
 * no route begins with does not exist, and then nothing is made for it; one that is full loses what comes next.
 */
final class EventQueues implements EventBus {
    /** What the event is, e.g. {@code limit.exhausted}. */
    static final String TYPE = "AiproxyEventType";
    /** Its id, for sinks that must not take anything twice. */
    static final String ID = "AiproxyEventId";
    /** When it happened, milliseconds since 1970. */
    static final String TIME = "AiproxyEventTime";

    private static final Logger LOG = LoggerFactory.getLogger(EventQueues.class);
    private static final long TELL_EVERY_NANOS = 60_000_000_000L;

    private final Map<EventStream, Dropped> dropped;
    private volatile Map<EventStream, SedaEndpoint> queues = Map.of();

    /** What was lost of a stream. */
    private static final class Dropped {
        private final AtomicLong count = new AtomicLong();
        private final AtomicLong toldNanos = new AtomicLong(System.nanoTime() - TELL_EVERY_NANOS);
    }

    EventQueues() {
        Map<EventStream, Dropped> all = new EnumMap<>(EventStream.class);
        for (EventStream stream : EventStream.values()) {
            all.put(stream, new Dropped());
        }
        dropped = Map.copyOf(all);
    }

    /** From now on events go to the routes of this context, which has been started. */
    void activate(CamelContext context) {
        Map<EventStream, SedaEndpoint> found = new EnumMap<>(EventStream.class);
        for (Route route : context.getRoutes()) {
            Consumer consumer = route.getConsumer();
            if (consumer instanceof SedaConsumer && consumer.getEndpoint() instanceof SedaEndpoint endpoint) {
                stream(endpoint.getEndpointUri(), found, endpoint);
            }
        }
        queues = Map.copyOf(found);
    }

    private static void stream(String uri, Map<EventStream, SedaEndpoint> found, SedaEndpoint endpoint) {
        String address = RouteRules.address(uri);
        for (EventStream stream : EventStream.values()) {
            if (address.equals("seda:" + stream.queue())) {
                found.put(stream, endpoint);
            }
        }
    }

    @Override
    public boolean wanted(EventStream stream) {
        return queues.containsKey(stream);
    }

    @Override
    public void publish(Event event) {
        SedaEndpoint queue = queues.get(event.stream());
        if (queue == null) {
            return;
        }
        Exchange exchange = queue.createExchange();
        exchange.getMessage().setBody(event.json());
        exchange.getMessage().setHeader(TYPE, event.type());
        exchange.getMessage().setHeader(ID, event.id());
        exchange.getMessage().setHeader(TIME, event.millis());
        if (!queue.getQueue().offer(exchange)) {
            lost(event.stream());
        }
    }

    private void lost(EventStream stream) {
        Dropped of = Objects.requireNonNull(dropped.get(stream));
        long count = of.count.incrementAndGet();
        long now = System.nanoTime();
        long told = of.toldNanos.get();
        if (now - told >= TELL_EVERY_NANOS && of.toldNanos.compareAndSet(told, now)) {
            LOG.warn(
                    "The routes behind seda:{} are too slow or broken: its queue is full and events are lost, {} so far",
                    stream.queue(),
                    count);
        }
    }

    /** How many events of a stream were lost. */
    long dropped(EventStream stream) {
        return Objects.requireNonNull(dropped.get(stream)).count.get();
    }
}
