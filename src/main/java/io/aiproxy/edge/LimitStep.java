package io.aiproxy.edge;

import io.aiproxy.core.Call;
import io.aiproxy.dialects.BodyEdits;
import io.aiproxy.limits.Asked;
import io.aiproxy.limits.LimitPlan;
import io.aiproxy.limits.Limits;
import io.aiproxy.limits.Taken;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * A step that takes a call's share of some limits. At once where the counts are in memory; where they are elsewhere the
 * exchange goes on later, on the call's event loop, and a caller who leaves meanwhile ends the wait.
 */
abstract class LimitStep extends AsyncProcessorSupport {
    private final Limits limits;

    LimitStep(Limits limits) {
        this.limits = limits;
    }

    /** Whose limits. */
    abstract LimitPlan plan(Journey journey);

    /** What is asked for. */
    abstract Asked asked(Journey journey);

    /** All was taken, or it was refused. */
    abstract void taken(Exchange exchange, Journey journey, Taken taken);

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Journey journey = ExchangeKeys.journey(exchange);
        // Steps such as delay or threads may have left the event loop; the call belongs to it.
        if (journey.call().loop() instanceof EventExecutor loop && !loop.inEventLoop()) {
            loop.execute(() -> {
                if (done(exchange, journey, callback)) {
                    callback.done(false);
                }
            });
            return false;
        }
        if (!done(exchange, journey, callback)) {
            return false;
        }
        callback.done(true);
        return true;
    }

    /** Says whether the step is over; otherwise the callback is called later. */
    private boolean done(Exchange exchange, Journey journey, AsyncCallback callback) {
        try {
            if (journey.call().gone()) { // nothing must be taken that nobody gives back
                stop(exchange);
                return true;
            }
            LimitPlan plan = plan(journey);
            if (plan.isEmpty()) {
                return true;
            }
            CompletableFuture<Taken> taking = limits.take(plan, asked(journey));
            if (taking.isDone()) {
                taken(exchange, journey, taking.join());
                return true;
            }
            new Wait(exchange, journey, callback).begin(taking);
            return false;
        } catch (RuntimeException e) {
            exchange.setException(e);
            return true;
        }
    }

    /** The call, as limits see it. */
    static Asked of(Journey journey) {
        Call call = journey.call();
        return new Asked(
                "",
                call.model(),
                call.operation(),
                call.bodySize(),
                BodyEdits.isJson(call.head().headers().get("content-type")),
                journey.facts().maxTokens(),
                journey.facts().stream(),
                call.handshake());
    }

    private static void stop(Exchange exchange) {
        exchange.setRouteStop(true);
        exchange.setProperty(ExchangeKeys.ATTEMPTING, false);
    }

    /** The wait for counts that are kept elsewhere. Confined to the call's event loop. */
    private final class Wait {
        private final Exchange exchange;
        private final Journey journey;
        private final AsyncCallback callback;
        private boolean over;

        Wait(Exchange exchange, Journey journey, AsyncCallback callback) {
            this.exchange = exchange;
            this.journey = journey;
            this.callback = callback;
        }

        void begin(CompletableFuture<Taken> taking) {
            Call call = journey.call();
            call.whenGone(this::gone);
            CompletableFuture<Void> unused =
                    taking.thenAccept(taken -> call.loop().execute(() -> arrived(taken)));
        }

        private void arrived(Taken taken) {
            if (over) {
                taken.undo();
                return;
            }
            over = true;
            try {
                taken(exchange, journey, taken);
            } catch (RuntimeException e) {
                exchange.setException(e);
            }
            callback.done(false);
        }

        private void gone() {
            if (!over) {
                over = true;
                stop(exchange);
                callback.done(false);
            }
        }
    }
}
