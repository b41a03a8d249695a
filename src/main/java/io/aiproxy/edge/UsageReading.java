package io.aiproxy.edge;

import io.aiproxy.config.BooksConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Headers;
import io.aiproxy.dialects.AnswerTaps;
import io.aiproxy.dialects.BodyEdits;
import io.aiproxy.dialects.Deferred;
import io.aiproxy.dialects.DeferredUse;
import io.aiproxy.dialects.Spoken;
import io.aiproxy.dialects.TokenUse;
import io.aiproxy.dialects.UsageChunk;
import io.aiproxy.wire.DrainPlan;
import io.aiproxy.wire.EventJudge;
import io.aiproxy.wire.ServerCall;
import io.aiproxy.wire.Taps;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** How it is learned what a call uses: what its channel is asked in addition, and who reads its answer. */
final class UsageReading {
    private static final EventJudge USAGE_CHUNKS = new EventJudge() {
        @Override
        public boolean mayBe(byte[] bytes, int from, int to) {
            return UsageChunk.mayBe(bytes, from, to);
        }

        @Override
        public boolean is(byte[] bytes, int from, int to) {
            return UsageChunk.is(bytes, from, to);
        }
    };

    private UsageReading() {}

    /** Who reads an answer along. */
    static Optional<AnswerTap> reader(Journey journey, Headers answer) {
        Call call = journey.call();
        Deferred deferred = deferred(call, () -> journey.facts().background());
        if (!tells(call, deferred)) {
            return Optional.empty();
        }
        ChannelConfig channel = journey.routing().candidate().channel();
        Spoken spoken = new Spoken(call.dialect(), call.operation());
        if (deferred == Deferred.NOT) {
            return AnswerTaps.of(answer, spoken, channel.usage());
        }
        DeferredUse.Part part = new DeferredUse.Part(deferred, channel.id(), call.model());
        return AnswerTaps.deferred(answer, spoken, channel.usage(), part, journey.deferred());
    }

    /** Whether the answer will be read, so that it must not come packed in a way that cannot be. */
    static boolean reads(Call call) {
        return call.counted() && tells(call, deferred(call, () -> false));
    }

    /** What is fetched with GET was used by an earlier call, but for results of work that was going on when that was answered. */
    private static boolean tells(Call call, Deferred deferred) {
        boolean post = call.head().method().equals("POST");
        return deferred == Deferred.FETCHES || (post && !TokenUse.onlyCounts(call.operation(), call.template()));
    }

    private static Deferred deferred(Call call, BooleanSupplier background) {
        return Deferred.of(call.head(), new Spoken(call.dialect(), call.operation()), call.template(), background);
    }

    /**
     * Whether the channel is to be asked to tell at the end of the stream what was used, which the caller has not asked for.
     * Where the channel's rules speak of {@code stream_options} they have the last word.
     */
    static boolean asks(Journey journey, ChannelConfig channel, Rules.Matched rules) {
        Call call = journey.call();
        return channel.usage().includeUsage()
                && journey.facts().stream()
                && call.dialect() == Dialect.OPENAI
                && (call.operation().equals("chat") || call.operation().equals("completions"))
                && reads(call)
                && !rules.speaksOfStreamOptions()
                && UsageChunk.mayAsk(journey.facts().streamUsage())
                && BodyEdits.isJson(call.head().headers().get("content-type"));
    }

    /** The body that asks. */
    static Body asking(Journey journey, Body body) {
        return UsageChunk.askedFor(body, journey.facts().streamUsage());
    }

    /** What the channel sends only because the gateway has asked, the caller does not get. */
    static void withhold(ServerCall call) {
        call.withhold(USAGE_CHUNKS);
    }

    /** An attempt begins: tells the wire what to expect of it, and what becomes of its answer if the caller leaves. */
    static void begins(Journey journey, ChannelConfig channel) {
        Call call = journey.call();
        ServerCall serverCall = journey.serverCall();
        boolean tokens = !call.handshake() && TokenUse.of(call.head().method(), call.operation(), call.template());
        if (!tokens) {
            serverCall.taps().expect(Optional.empty());
            serverCall.drain(Optional.empty());
            return;
        }
        BooksConfig books = journey.policy().snapshot().system().usage();
        Headers headers = call.head().headers();
        boolean text = BodyEdits.isJson(headers.get("content-type")) && !headers.contains("content-encoding");
        serverCall
                .taps()
                .expect(Optional.of(new Taps.Expected(
                        books.enabled() && books.estimate(),
                        text,
                        journey.facts().maxTokens())));
        serverCall.drain(plan(journey, channel.usage()));
    }

    private static Optional<DrainPlan> plan(Journey journey, UsageConfig usage) {
        return usage.onDisconnect() == UsageConfig.OnDisconnect.CANCEL
                ? Optional.empty()
                : Optional.of(new DrainPlan(usage.drainTime(), usage.drainBytes(), answer -> reader(journey, answer)));
    }
}
