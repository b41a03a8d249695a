package io.aiproxy.edge;

import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.telemetry.tracing.Tracing;
import io.aiproxy.wire.ServerCall;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a call into one exchange of a consumer's route, and what the route leaves behind into the answer. The response
 * is made from scratch: nothing of the request can come back in it. The same for both kinds of front doors, so that the same
 * steps run behind them: a handshake is a call like any other until its route has ended.
 */
final class CamelEntry {
    private static final Logger LOG = LoggerFactory.getLogger(CamelEntry.class);

    private final DefaultConsumer consumer;
    private final Refusals refusals;
    private final Tracing tracing;

    CamelEntry(DefaultConsumer consumer, Refusals refusals, Tracing tracing) {
        this.consumer = consumer;
        this.refusals = refusals;
        this.tracing = tracing;
    }

    /** Called on the event loop of the call. */
    void handle(ServerCall call) {
        Exchange exchange = consumer.createExchange(false);
        exchange.getExchangeExtension().setStreamCacheDisabled(true);
        exchange.setIn(new CallMessage(exchange.getContext(), call.call()));
        Journey journey = new Journey(call);
        if (tracing.on()) {
            journey.trace(tracing.begin(call.call()));
        }
        ExchangeKeys.journey(exchange, journey);
        try {
            consumer.createUoW(exchange);
        } catch (Exception e) {
            LOG.error("No unit of work for call {}", call.call().id(), e);
            refusals.respond(call, internal());
            return;
        }
        consumer.getAsyncProcessor().process(exchange, doneSync -> finish(exchange, journey));
    }

    private void finish(Exchange exchange, Journey journey) {
        try {
            Exception problem = exchange.getException();
            if (problem != null) {
                refusals.respond(journey.serverCall(), failure(exchange, journey, problem));
                journey.disposeAnswer();
            } else {
                RouteAnswers.send(exchange, journey, refusals);
            }
        } catch (RuntimeException e) {
            LOG.error("The answer of call {} could not be made", journey.call().id(), e);
            refusals.respond(journey.serverCall(), internal());
        } finally {
            consumer.doneUoW(exchange);
        }
    }

    /** A failure that no route rendered: a route without error handling, or a defect. */
    private static Failure failure(Exchange exchange, Journey journey, Exception problem) {
        if (problem instanceof FailureException known) {
            return known.failure();
        }
        LOG.error("Call {} failed in route {}", journey.call().id(), exchange.getFromRouteId(), problem);
        return internal();
    }

    private static Failure internal() {
        return Failure.of(FailureKind.INTERNAL_ERROR, "the gateway failed to handle the request; its log says why");
    }
}
