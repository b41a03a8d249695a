package io.aiproxy.edge;

import io.aiproxy.channels.FailoverPlan;
import io.aiproxy.channels.Outcome;
import io.aiproxy.channels.Verdict;
import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.wire.UpstreamAnswer;
import io.netty.util.concurrent.EventExecutor;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/**
 * Step {@code judge}: whether the latest attempt's outcome is the call's, or another attempt follows, and after which
 * wait. Nothing has been sent to the caller yet. Waits without holding a thread.
 */
final class Judge extends AsyncProcessorSupport {
    /** Enough of an error's body to find its code. */
    private static final int PREFIX = 4096;

    private final TokenRefresh refresh;

    Judge(TokenRefresh refresh) {
        this.refresh = refresh;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Journey journey = ExchangeKeys.journey(exchange);
        Outcomes outcome = journey.outcome();
        UpstreamAnswer answer = outcome.answer();
        if (answer == null) {
            Failure failure = outcome.failure();
            if (failure == null) {
                throw new IllegalStateException("an attempt without an outcome");
            }
            return judged(exchange, journey, Outcome.failed(failure), callback);
        }
        if (refresh.wanted(journey, answer)) {
            again(exchange, journey);
            callback.done(true);
            return true;
        }
        FailoverPlan plan = journey.routing().plan();
        if (FailoverPlan.wantsBodyPrefix(
                answer.status(), plan.current().channel().dialect())) {
            // Asynchronous from here on, whether or not the body is there already: one way, one behaviour.
            journey.call()
                    .loop()
                    .execute(() -> answer.peek(PREFIX, prefix -> {
                        if (!decide(exchange, journey, response(journey, answer, prefix), callback)) {
                            return;
                        }
                        callback.done(false);
                    }));
            return false;
        }
        return judged(exchange, journey, response(journey, answer, new byte[0]), callback);
    }

    private static boolean judged(Exchange exchange, Journey journey, Outcome outcome, AsyncCallback callback) {
        if (!decide(exchange, journey, outcome, callback)) {
            return false;
        }
        callback.done(true);
        return true;
    }

    private static Outcome response(Journey journey, UpstreamAnswer answer, byte[] prefix) {
        return Outcome.response(
                answer.status(),
                answer.headers(),
                wallClockMillis(journey.call()),
                new String(prefix, StandardCharsets.UTF_8));
    }

    /** When a call ends is not when it began: a date in an answer may be minutes nearer than at the beginning. */
    private static long wallClockMillis(Call call) {
        return call.startedMillis() + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - call.startedNanos());
    }

    /** Returns true when the exchange may go on at once; otherwise the callback is called later. */
    private static boolean decide(Exchange exchange, Journey journey, Outcome outcome, AsyncCallback callback) {
        journey.judged(outcome);
        Verdict verdict = journey.routing().plan().judge(outcome, System.nanoTime());
        if (verdict instanceof Verdict.Retry retry) {
            again(exchange, journey);
            if (retry.delayNanos() <= 0) {
                return true;
            }
            new Pause(exchange, journey.call(), callback).begin(retry.delayNanos());
            return false;
        }
        exchange.setProperty(ExchangeKeys.ATTEMPTING, false);
        if (verdict instanceof Verdict.Fail fail) {
            journey.giveBack();
            journey.disposeAnswer();
            exchange.setException(fail.failure().asException());
        }
        return true;
    }

    /** The answer in hand is not the last; the next attempt begins with the caller's request. */
    private static void again(Exchange exchange, Journey journey) {
        journey.giveBack();
        journey.disposeAnswer();
        exchange.setMessage(journey.request());
    }

    /** A wait between two attempts, which ends early when the caller leaves. */
    private static final class Pause {
        private final Exchange exchange;
        private final Call call;
        private @Nullable AsyncCallback callback;

        Pause(Exchange exchange, Call call, AsyncCallback callback) {
            this.exchange = exchange;
            this.call = call;
            this.callback = callback;
        }

        void begin(long nanos) {
            if (!(call.loop() instanceof EventExecutor loop)) {
                throw new IllegalStateException("calls live on event loops");
            }
            var timer = loop.schedule(
                    () -> {
                        call.waited(nanos);
                        end(false);
                    },
                    nanos,
                    TimeUnit.NANOSECONDS);
            call.whenGone(() -> {
                timer.cancel(false);
                end(true);
            });
        }

        private void end(boolean gone) {
            AsyncCallback waiting = callback;
            callback = null;
            if (waiting != null) {
                if (gone) {
                    exchange.setRouteStop(true);
                    exchange.setProperty(ExchangeKeys.ATTEMPTING, false);
                }
                waiting.done(false);
            }
        }
    }
}
