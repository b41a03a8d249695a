package io.aiproxy.edge;

import io.aiproxy.channels.Candidate;
import io.aiproxy.channels.LiveAttempt;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.core.Attempt;
import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Caller;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.telemetry.tracing.CallTrace;
import io.aiproxy.wire.HeaderEdits;
import io.aiproxy.wire.UpstreamAnswer;
import io.aiproxy.wire.UpstreamClients;
import io.aiproxy.wire.UpstreamListener;
import io.aiproxy.wire.UpstreamRequest;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultAsyncProducer;
import org.jspecify.annotations.Nullable;

/** Makes one attempt of a call at the channel of its endpoint, with what {@code substitute} has prepared. */
final class UpstreamProducer extends DefaultAsyncProducer {
    private final UpstreamEndpoint endpoint;
    private final UpstreamClients clients;
    private final SocketSlots slots;
    private final SocketPlans plans;

    UpstreamProducer(UpstreamEndpoint endpoint, UpstreamClients clients, SocketSlots slots, SocketPlans plans) {
        super(endpoint);
        this.slots = slots;
        this.plans = plans;
        this.endpoint = endpoint;
        this.clients = clients;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Journey journey = ExchangeKeys.journey(exchange);
        // Steps such as delay or threads may have left the event loop; connections belong to it.
        if (journey.call().loop() instanceof EventExecutor loop && !loop.inEventLoop()) {
            loop.execute(() -> send(exchange, journey, callback));
        } else {
            send(exchange, journey, callback);
        }
        return false;
    }

    private void send(Exchange exchange, Journey journey, AsyncCallback callback) {
        Call call = journey.call();
        Candidate candidate = journey.routing().candidate();
        if (!candidate.channel().id().equals(endpoint.channel())) {
            exchange.setException(Failure.of(
                            FailureKind.CHANNEL_MISCONFIGURED,
                            "the route sends to " + endpoint.getEndpointUri() + ", but substitute prepared channel "
                                    + candidate.channel().id())
                    .asException());
            callback.done(false);
            return;
        }
        if (call.gone()) {
            stop(exchange, callback);
            return;
        }
        if (journey.unsent()) {
            callback.done(false);
            return;
        }
        Sent sent = new Sent(exchange, journey, callback, plans);
        if (call.handshake() && !sent.takeSlot(slots, candidate.channel())) {
            return;
        }
        sent.begin(candidate);
        UsageReading.begins(journey, candidate.channel());
        clients.send(request(exchange, journey, candidate.channel()), sent);
        call.whenGone(sent::cancelled); // behind the client's own action, which knows whether anything was sent
    }

    private static UpstreamRequest request(Exchange exchange, Journey journey, ChannelConfig channel) {
        Journey.Dispatch dispatch = journey.dispatch();
        Body body = dispatch.body();
        HeaderEdits edits = dispatch.edits();
        if (exchange.getMessage() instanceof CallMessage message) {
            if (message.bodyReplaced()) {
                byte[] replaced = message.getBody(byte[].class);
                body = replaced == null ? Body.EMPTY : Body.of(replaced);
                journey.dispatch(dispatch.with(body, false));
            }
            edits = withSteps(dispatch, message);
        }
        return new UpstreamRequest(
                journey.call(),
                body,
                dispatch.place().target(),
                channel.timeouts(),
                dispatch.uri(),
                dispatch.place().host(),
                traced(journey, edits, channel),
                journey.call().handshake());
    }

    /** A channel that is to learn nothing of the caller learns of no trace, either. */
    private static HeaderEdits traced(Journey journey, HeaderEdits edits, ChannelConfig channel) {
        CallTrace trace = journey.trace();
        if (trace == null || channel.privacy()) {
            return edits;
        }
        List<Map.Entry<String, String>> set = new ArrayList<>(edits.set());
        set.add(Map.entry(
                "traceparent",
                trace.forAttempt(
                        journey.call().attempts().size(),
                        journey.dispatch().place().target().origin(),
                        journey.dispatch().uri())));
        if (!trace.beginsHere()) {
            return new HeaderEdits(edits.remove(), set);
        }
        List<String> remove = new ArrayList<>(edits.remove());
        remove.add("tracestate");
        return new HeaderEdits(remove, set);
    }

    /** Adds what steps of the route have set or removed; the channel's own settings count more. */
    private static HeaderEdits withSteps(Journey.Dispatch dispatch, CallMessage message) {
        HeaderEdits edits = dispatch.edits();
        List<String> removed = message.removedHeaders();
        if (removed.isEmpty() && !message.hasHeaders()) {
            return edits;
        }
        List<String> remove = new ArrayList<>(edits.remove());
        remove.addAll(removed);
        List<Map.Entry<String, String>> set = new ArrayList<>();
        message.getHeaders().forEach((name, value) -> {
            if (!name.startsWith("Camel")
                    && value != null
                    && dispatch.dropped().stream().noneMatch(name::equalsIgnoreCase)) {
                set.add(Map.entry(name, value.toString()));
            }
        });
        set.addAll(edits.set());
        return new HeaderEdits(remove, set);
    }

    /** The caller has left: nothing more is to be done, and nothing has failed. */
    private static void stop(Exchange exchange, AsyncCallback callback) {
        exchange.setRouteStop(true);
        callback.done(false);
    }

    /** An attempt under way. */
    private static final class Sent implements UpstreamListener {
        private final Exchange exchange;
        private final Journey journey;
        private final AsyncCallback callback;
        private final SocketPlans plans;
        private final long startedNanos = System.nanoTime();
        private boolean over;
        private boolean unsent;
        private SocketSlots.@Nullable Slot slot;
        private @Nullable LiveAttempt attempt;

        Sent(Exchange exchange, Journey journey, AsyncCallback callback, SocketPlans plans) {
            this.exchange = exchange;
            this.journey = journey;
            this.callback = callback;
            this.plans = plans;
        }

        /** The attempt counts from here on, until its call is over or goes elsewhere. */
        void begin(Candidate candidate) {
            LiveAttempt begun = candidate.health().begin();
            journey.attempt(begun);
            attempt = begun;
        }

        private void decided() {
            over = true;
            if (attempt != null) {
                attempt.decided();
            }
        }

        /** Whether one more WebSocket may be open here; otherwise the attempt has failed. */
        boolean takeSlot(SocketSlots slots, ChannelConfig channel) {
            Call call = journey.call();
            Caller caller = call.caller();
            int most = channel.websocket().maxPerKey();
            if (caller == null || most <= 0) {
                return true;
            }
            Optional<SocketSlots.Slot> taken = slots.take(caller, channel.id(), most);
            if (taken.isEmpty()) {
                failed(Failure.of(
                        FailureKind.SOCKET_LIMIT_EXCEEDED,
                        "There are " + most
                                + " WebSockets open with this API key at the channel already, which is all it"
                                + " may have. Close one of them first."));
                return false;
            }
            slot = taken.get();
            call.whenOver(slot::release);
            return true;
        }

        private void releaseSlot() {
            SocketSlots.Slot held = slot;
            if (held != null) {
                held.release();
            }
        }

        private void book(int status, Optional<FailureKind> failure, boolean worked) {
            Call call = journey.call();
            call.attempted(new Attempt(
                    call.channel(), call.credential(), status, failure, startedNanos, System.nanoTime(), worked));
        }

        @Override
        public void answered(UpstreamAnswer answer) {
            decided();
            book(answer.status(), Optional.empty(), answer.status() < 400);
            if (answer.status() >= 400) {
                journey.serverCall().taps().expectNothing();
            }
            if (answer.isSocket()) {
                journey.socket(plans.of(journey));
            } else {
                releaseSlot();
            }
            journey.outcome(Outcomes.of(answer));
            Message message = new AnswerMessage(exchange.getContext(), answer);
            exchange.setMessage(message);
            callback.done(false);
        }

        @Override
        public void failed(Failure failure) {
            decided();
            book(0, Optional.of(failure.kind()), false);
            journey.serverCall().taps().expectNothing();
            releaseSlot();
            journey.outcome(Outcomes.of(failure));
            callback.done(false);
        }

        @Override
        public void unsent() {
            unsent = true;
            journey.serverCall().taps().expectNothing();
        }

        @Override
        public @Nullable UpstreamListener leftBehind(Runnable cancel) {
            return journey.serverCall().leftBehind(cancel);
        }

        void cancelled() {
            if (!over) {
                over = true;
                book(0, Optional.of(FailureKind.CLIENT_CLOSED_REQUEST), !unsent);
                stop(exchange, callback);
            }
        }
    }
}
