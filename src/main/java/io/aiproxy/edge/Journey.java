package io.aiproxy.edge;

import io.aiproxy.access.Access;
import io.aiproxy.channels.Candidate;
import io.aiproxy.channels.LiveAttempt;
import io.aiproxy.channels.Outcome;
import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.Headers;
import io.aiproxy.core.Secret;
import io.aiproxy.dialects.DeferredUse;
import io.aiproxy.dialects.RequestFacts;
import io.aiproxy.limits.Taken;
import io.aiproxy.telemetry.tracing.CallTrace;
import io.aiproxy.wire.HeaderEdits;
import io.aiproxy.wire.ServerCall;
import io.aiproxy.wire.SocketPlan;
import io.aiproxy.wire.UpstreamAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * A call's way through its route: what each stage has found out, for the stages behind it. Confined to the call's event
 * loop, as the call is.
 */
final class Journey {
    private final ServerCall serverCall;
    private @Nullable Policy policy;
    private @Nullable DeferredUse deferred;
    private @Nullable Access access;
    private @Nullable RequestFacts facts;
    private @Nullable Routing routing;
    private boolean creates;
    private @Nullable Dispatch dispatch;
    private boolean unsent;
    private List<Candidate> refused = List.of();
    private @Nullable UpstreamAnswer answer;
    private @Nullable Outcomes outcome;
    private @Nullable Message request;
    private @Nullable SocketPlan socket;
    private @Nullable LiveAttempt attempt;
    private @Nullable Taken limited;
    private @Nullable Taken reserved;
    private boolean room = true;
    private @Nullable Duration soonestRoom;

    private @Nullable CallTrace trace;

    Journey(ServerCall serverCall) {
        this.serverCall = serverCall;
    }

    /**
     * What the next attempt sends.
     *
     * @param uri path and query
     * @param body the body
     * @param edits headers removed and set, the credential among them
     * @param dropped names that are not sent even if a step of the route has set them
     * @param place where it goes
     * @param token the token among the edits that was made from a credential; null when the credential is none
     * @param asksUsage whether the body asks for a stream's usage, which the caller's does not
     */
    record Dispatch(
            String uri,
            Body body,
            HeaderEdits edits,
            List<String> dropped,
            ChannelEdits.Place place,
            @Nullable Secret token,
            boolean asksUsage) {
        /** The same with another body. */
        Dispatch with(Body other, boolean asks) {
            return new Dispatch(uri, other, edits, dropped, place, token, asks);
        }

        /** Holds a credential: not printed. */
        @Override
        public String toString() {
            return "Dispatch";
        }
    }

    ServerCall serverCall() {
        return serverCall;
    }

    Call call() {
        return serverCall.call();
    }

    /** The call is traced. */
    void trace(@Nullable CallTrace value) {
        trace = value;
    }

    /** The call's place in its trace; null where nothing is traced. */
    @Nullable
    CallTrace trace() {
        return trace;
    }

    private static <T> T required(@Nullable T value, String stage) {
        if (value == null) {
            throw new IllegalStateException("the step '" + stage + "' must come before this one in the route");
        }
        return value;
    }

    void policy(Policy value) {
        policy = value;
    }

    /** The policy that serves the call; null while no step has asked for it. */
    @Nullable
    Policy policyIfAny() {
        return policy;
    }

    Policy policy() {
        return required(policy, "authenticate");
    }

    void deferred(DeferredUse value) {
        deferred = value;
    }

    /** What is remembered of work that providers do after they have answered. */
    DeferredUse deferred() {
        return required(deferred, "authenticate");
    }

    void access(Access value) {
        access = value;
    }

    Access access() {
        return required(access, "authenticate");
    }

    void facts(RequestFacts value) {
        facts = value;
    }

    RequestFacts facts() {
        return required(facts, "admit");
    }

    /** The answer to this call may name something new that lives at the channel that created it. */
    void creates(boolean value) {
        creates = value;
    }

    boolean creates() {
        return creates;
    }

    void routing(Routing value) {
        routing = value;
    }

    Routing routing() {
        return required(routing, "choose");
    }

    void dispatch(Dispatch value) {
        dispatch = value;
        unsent = false;
    }

    Dispatch dispatch() {
        return required(dispatch, "substitute");
    }

    /** Whether the channel was asked for usage that the caller does not want to see. */
    boolean asksUsage() {
        Dispatch sent = dispatch;
        return sent != null && sent.asksUsage;
    }

    /** There is nothing to send: the attempt has failed before it could begin. */
    void unsent(Failure failure) {
        dispatch = null;
        unsent = true;
        outcome(Outcomes.of(failure));
    }

    /** Whether the attempt's outcome is there without anything being sent. */
    boolean unsent() {
        return unsent;
    }

    /** What the call has taken of its caller's limits, or why it was refused. */
    void limited(Taken value) {
        limited = value;
    }

    /** What the call has taken of its caller's limits; null where there are none. */
    @Nullable
    Taken limited() {
        return limited;
    }

    /** What the attempt has taken of its channel's limits. */
    void reserved(Taken value) {
        reserved = value;
    }

    /** Whether the channel's limits have room for the attempt, as far as anybody has looked. */
    void room(boolean value) {
        room = value;
    }

    boolean room() {
        return room;
    }

    /** A channel has no room: the failure, with the time at which the first of those that had none may have some. */
    Failure noRoom(Failure failure) {
        Duration wait = failure.retryAfter().orElse(soonestRoom);
        if (wait != null && (soonestRoom == null || wait.compareTo(soonestRoom) < 0)) {
            soonestRoom = wait;
        }
        return new Failure(failure.kind(), failure.message(), Optional.ofNullable(soonestRoom));
    }

    /** The attempt has come to nothing: what it has taken of its channel's limits is given back. */
    void giveBack() {
        Taken taken = reserved;
        reserved = null;
        if (taken != null && unsent) {
            taken.undo();
        } else if (taken != null) {
            taken.replaced();
        }
    }

    /** Notes that a channel has refused the token made from this candidate's credential; false if it had before. */
    boolean firstRefusal(Candidate candidate) {
        if (refused.contains(candidate)) {
            return false;
        }
        refused = refused.isEmpty() ? new ArrayList<>(1) : refused;
        return refused.add(candidate);
    }

    void outcome(Outcomes value) {
        outcome = value;
        answer = value.answer();
    }

    Outcomes outcome() {
        return required(outcome, "upstream:<channel>");
    }

    /** The attempt under way; the one before it is over. */
    void attempt(LiveAttempt begun) {
        endAttempt();
        attempt = begun;
        call().whenOver(begun::over);
    }

    /** What came of the attempt under way, for those who keep an eye on the candidate. */
    void judged(Outcome of) {
        LiveAttempt judged = attempt;
        if (judged != null) {
            judged.judged(of, access().ephemeral().isPresent());
        }
        if (of instanceof Outcome.Response response && response.status() < 300) {
            routing().order().served(routing().candidate());
        }
    }

    private void endAttempt() {
        LiveAttempt ended = attempt;
        attempt = null;
        if (ended != null) {
            ended.over();
        }
    }

    /** How the WebSocket that the channel has accepted is to be carried. */
    void socket(SocketPlan value) {
        socket = value;
    }

    SocketPlan socket() {
        return required(socket, "upstream:<channel>");
    }

    /** The caller's request as it stood before the first attempt; restored before every other. */
    void request(Message value) {
        request = value;
    }

    Message request() {
        return required(request, "choose");
    }

    /** Drops an answer that nobody will relay. */
    void disposeAnswer() {
        endAttempt();
        UpstreamAnswer unwanted = answer;
        answer = null;
        if (unwanted != null) {
            unwanted.discard();
        }
    }

    /** The answer is being relayed; what was sent for it is needed no more, its body above all. */
    void answerTaken() {
        answer = null;
        dispatch = null;
    }

    /** Copies fields out of headers that the wire is about to change. */
    static Headers keep(Headers from, String... names) {
        Map<String, String> kept = new HashMap<>();
        for (String name : names) {
            String value = from.get(name);
            if (value != null) {
                kept.put(name, value);
            }
        }
        return new KeptHeaders(kept);
    }

    /** A few fields, by lower-case name. */
    private record KeptHeaders(Map<String, String> kept) implements Headers {
        @Override
        public @Nullable String get(String name) {
            return kept.get(name.toLowerCase(Locale.ROOT));
        }

        @Override
        public List<String> all(String name) {
            String value = get(name);
            return value == null ? List.of() : List.of(value);
        }

        @Override
        public void forEach(BiConsumer<String, String> consumer) {
            kept.forEach(consumer);
        }
    }
}
