package io.aiproxy.edge;

import io.aiproxy.access.Access;
import io.aiproxy.access.PresentedKey;
import io.aiproxy.channels.Candidate;
import io.aiproxy.channels.UpstreamPath;
import io.aiproxy.config.AuthConfig;
import io.aiproxy.core.Attempt;
import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import io.aiproxy.credentials.KeySubstitution;
import io.aiproxy.credentials.Substitute;
import io.aiproxy.credentials.TokenSource;
import io.aiproxy.dialects.BodyEdits;
import io.aiproxy.dialects.ModelRename;
import io.aiproxy.dialects.RequestFacts;
import io.netty.util.concurrent.EventExecutor;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Step {@code substitute}: what the current candidate is sent. Takes every credential of the caller away, puts the
 * channel's own where the channel wants it, and fits path, headers, the model's name and, by the channel's rules, the body
 * to the channel.
 *
 * <p>Where the channel wants a token that has to be fetched first, and where a large body is changed, the exchange goes on
 * later, on the call's event loop. A token that cannot be got is the attempt's failure: nothing is sent, and {@code judge}
 * decides what is tried next.
 */
final class SubstituteKey extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(SubstituteKey.class);

    private final TokenSource tokens;
    private final Executor editors;
    private final Ticker ticker;

    /**
     * @param tokens made from credentials
     * @param editors change large bodies
     * @param ticker measures how long a call waits for a token
     */
    SubstituteKey(TokenSource tokens, Executor editors, Ticker ticker) {
        this.tokens = tokens;
        this.editors = editors;
        this.ticker = ticker;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Step step = new Step(exchange, ExchangeKeys.journey(exchange), callback);
        // Steps such as delay or threads may have left the event loop; the call belongs to it.
        if (step.journey.call().loop() instanceof EventExecutor loop && !loop.inEventLoop()) {
            loop.execute(() -> step.goOn(step::begin));
            return false;
        }
        if (!step.done(step::begin)) {
            return false;
        }
        callback.done(true);
        return true;
    }

    /** What is done for one attempt. */
    private interface Part {
        /** Says whether the step is over; otherwise the callback is called later. */
        boolean run();
    }

    /** One attempt's preparation. Confined to the call's event loop. */
    private final class Step {
        private final Exchange exchange;
        private final Journey journey;
        private final AsyncCallback callback;
        private final Candidate candidate;

        Step(Exchange exchange, Journey journey, AsyncCallback callback) {
            this.exchange = exchange;
            this.journey = journey;
            this.callback = callback;
            this.candidate = journey.routing().candidate();
        }

        /** Runs a part; a part that throws ends the step with its exception. */
        boolean done(Part part) {
            try {
                return part.run();
            } catch (RuntimeException e) {
                exchange.setException(e);
                return true;
            }
        }

        /** As {@link #done}, when the exchange does not wait any more for {@link SubstituteKey#process} to return. */
        void goOn(Part part) {
            if (done(part)) {
                callback.done(false);
            }
        }

        boolean begin() {
            if (!journey.room()) { // the attempt has failed already
                return true;
            }
            String channel = candidate.channel().id();
            exchange.setProperty(ExchangeKeys.CHANNEL, channel);
            journey.call().heading(channel, candidate.credential().name());
            Optional<Access.Ephemeral> ephemeral = journey.access().ephemeral();
            if (ephemeral.isPresent()) { // the caller's own, which the channel itself has made
                Secret key = ephemeral.get().key();
                return prepare(KeySubstitution.callersOwn(candidate.channel(), "ephemeral key", key), null);
            }
            if (candidate.channel().token().isPresent()
                    && candidate.channel().auth().place() != AuthConfig.Place.NONE) {
                Secret token = tokens.cached(candidate.channel(), candidate.credential());
                return token == null ? new TokenWait(this).begin() : withToken(token);
            }
            KeySubstitution keys = journey.policy().keys();
            return prepare(keys.substitute(candidate.channel(), candidate.credential()), null);
        }

        boolean withToken(Secret token) {
            KeySubstitution keys = journey.policy().keys();
            Substitute substitute;
            try {
                substitute = keys.substitute(candidate.channel(), candidate.credential(), token);
            } catch (FailureException e) {
                return failed(e.failure(), ticker.nanos());
            }
            return prepare(substitute, token);
        }

        /** The attempt has failed for want of a token. */
        boolean failed(Failure failure, long sinceNanos) {
            Call call = journey.call();
            Optional<FailureKind> kind = Optional.of(failure.kind());
            call.attempted(new Attempt(call.channel(), call.credential(), 0, kind, sinceNanos, ticker.nanos(), false));
            journey.attempt(candidate.health().begin());
            journey.unsent(failure);
            return true;
        }

        /** Puts together what is sent; a large body that changes is waited for. */
        private boolean prepare(Substitute substitute, @Nullable Secret token) {
            Call call = journey.call();
            ChannelEdits edits =
                    journey.policy().edits().get(candidate.channel().id());
            if (edits == null) {
                throw new IllegalStateException(
                        "no header changes for channel " + candidate.channel().id());
            }
            Rules.Matched rules = edits.rules()
                    .matching(journey.routing().choice().target(), call.head().headers());
            String model = candidate.modelOf(call.model());
            boolean asks = UsageReading.asks(journey, candidate.channel(), rules);
            Journey.Dispatch unchanged = new Journey.Dispatch(
                    target(model, substitute, rules),
                    call.body(),
                    edits.of(call, substitute, packing(asks), rules),
                    edits.dropped(rules),
                    edits.place(call, model),
                    token,
                    false);
            String type = type(call);
            boolean renamed = !model.equals(journey.facts().model());
            boolean ruled = rules.changesBody() && BodyEdits.isJson(type);
            if (call.body().isEmpty() || !(renamed || ruled || asks)) {
                journey.dispatch(unchanged);
                return true;
            }
            BodyChange change = dispatch -> {
                Body fitted = renamed ? ModelRename.inBody(dispatch.body(), type, model) : dispatch.body();
                Body changed = ruled ? rules.body(fitted) : fitted;
                Body asking = asks ? UsageReading.asking(journey, changed) : changed;
                return dispatch.with(asking, asking != changed);
            };
            if (RequestFacts.cheap(call.body())) {
                journey.dispatch(change.of(unchanged));
                return true;
            }
            editors.execute(() -> change(unchanged, change));
            return false;
        }

        /**
         * The id of what is created has to be read in the answer, and events are taken out of it; both only where it is not
         * compressed.
         */
        private ChannelEdits.Packing packing(boolean asks) {
            if (journey.creates() || asks) {
                return ChannelEdits.Packing.NONE;
            }
            return UsageReading.reads(journey.call()) ? ChannelEdits.Packing.READABLE : ChannelEdits.Packing.ANY;
        }

        /** Beside the event loop. */
        private void change(Journey.Dispatch unchanged, BodyChange change) {
            Part part;
            try {
                Journey.Dispatch changed = change.of(unchanged);
                part = () -> {
                    journey.dispatch(changed);
                    return true;
                };
            } catch (RuntimeException e) {
                part = () -> {
                    throw e;
                };
            }
            Part next = part;
            journey.call().loop().execute(() -> goOn(next));
        }

        private String target(String model, Substitute substitute, Rules.Matched rules) {
            Call call = journey.call();
            String target = withoutKey();
            if (!model.equals(journey.facts().model())) {
                target = ModelRename.inPath(target, model);
            }
            target = call.handshake()
                    ? UpstreamPath.ofWebSocket(candidate.channel(), target)
                    : UpstreamPath.of(candidate.channel(), target);
            target = rules.query(target);
            return substitute.place() == AuthConfig.Place.QUERY ? substitute.withQuery(target) : target;
        }

        private String withoutKey() {
            String target = journey.routing().choice().target();
            Optional<Access.Ephemeral> ephemeral = journey.access().ephemeral();
            if (ephemeral.isPresent()) { // which is nobody's proxy key
                String key = ephemeral.get().key().reveal();
                target = PresentedKey.stripQueryKey(target, key::equals);
            }
            return journey.policy()
                    .access()
                    .stripQueryKey(target, journey.call().dialect());
        }
    }

    private static String type(Call call) {
        String type = call.head().headers().get("content-type");
        return type == null ? "" : type;
    }

    /** How a body changes: the channel's name for the model, the channel's rules, the question for usage. Any thread. */
    private interface BodyChange {
        /** The same with the changed body. */
        Journey.Dispatch of(Journey.Dispatch unchanged);
    }

    /** The wait for a token, which ends early when the caller leaves. It counts as waiting for the channel. */
    private final class TokenWait {
        private final Step step;
        private final long sinceNanos = ticker.nanos();
        private boolean over;

        TokenWait(Step step) {
            this.step = step;
        }

        /** The step is not over. */
        boolean begin() {
            Call call = step.journey.call();
            Candidate candidate = step.candidate;
            CompletionStage<Secret> fetching = tokens.fetch(candidate.channel(), candidate.credential());
            call.whenGone(this::gone);
            fetching.whenComplete((token, problem) -> call.loop().execute(() -> arrived(token, problem)));
            return false;
        }

        private void arrived(@Nullable Secret token, @Nullable Throwable problem) {
            if (over) {
                return;
            }
            over = true;
            if (token == null) {
                step.goOn(() -> step.failed(failure(problem), sinceNanos));
            } else {
                step.journey.call().waited(ticker.nanos() - sinceNanos);
                step.goOn(() -> step.withToken(token));
            }
        }

        private Failure failure(@Nullable Throwable problem) {
            Throwable cause = problem instanceof CompletionException wrapped ? wrapped.getCause() : problem;
            if (cause instanceof FailureException known) {
                return known.failure();
            }
            String channel = step.candidate.channel().id();
            LOG.error("The token of {} could not be got", step.candidate, cause);
            return Failure.of(
                    FailureKind.UPSTREAM_TOKEN_UNAVAILABLE,
                    "The token that the channel \"" + channel
                            + "\" wants could not be got; the gateway's log says why.");
        }

        private void gone() {
            if (!over) {
                over = true;
                step.journey.call().waited(ticker.nanos() - sinceNanos);
                step.exchange.setRouteStop(true);
                step.exchange.setProperty(ExchangeKeys.ATTEMPTING, false);
                step.callback.done(false);
            }
        }
    }
}
