package io.aiproxy.edge;

import io.aiproxy.access.Access;
import io.aiproxy.access.PresentedKey;
import io.aiproxy.channels.Candidate;
import io.aiproxy.channels.UpstreamPath;
import io.aiproxy.config.AuthConfig;
import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.credentials.KeySubstitution;
import io.aiproxy.credentials.Substitute;
import io.aiproxy.dialects.ModelRename;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Step {@code substitute}: what the current candidate is sent. Takes every credential of the caller away, puts the
 * channel's own where the channel wants it, and fits path, headers and the model's name to the channel.
 */
final class SubstituteKey implements Processor {

    @Override
    public void process(Exchange exchange) {
        Journey journey = ExchangeKeys.journey(exchange);
        Call call = journey.call();
        Candidate candidate = journey.routing().candidate();
        exchange.setProperty(ExchangeKeys.CHANNEL, candidate.channel().id());
        call.heading(candidate.channel().id(), candidate.credential().name());
        ChannelEdits edits = journey.policy().edits().get(candidate.channel().id());
        if (edits == null) {
            throw new IllegalStateException(
                    "no header changes for channel " + candidate.channel().id());
        }
        Substitute substitute = substitute(journey, candidate);
        // The id of what is created has to be read in the answer; what is compressed cannot be read in passing.
        boolean identity = journey.creates();
        journey.dispatch(new Journey.Dispatch(
                target(journey, candidate, substitute),
                body(journey, candidate),
                edits.of(call, substitute, identity),
                journey.call().handshake() ? edits.webSocket() : edits.http()));
    }

    /** The channel's credential, or the caller's own if that is one that the channel itself has made. */
    private static Substitute substitute(Journey journey, Candidate candidate) {
        Optional<Access.Ephemeral> ephemeral = journey.access().ephemeral();
        if (ephemeral.isPresent()) {
            return KeySubstitution.callersOwn(
                    candidate.channel(), "ephemeral key", ephemeral.get().key());
        }
        return journey.policy()
                .keys()
                .substitute(journey.access().caller(), candidate.channel(), candidate.credential());
    }

    private static String target(Journey journey, Candidate candidate, Substitute substitute) {
        Call call = journey.call();
        String target = withoutKey(journey);
        String model = candidate.modelOf(call.model());
        if (!model.equals(call.model())) {
            target = ModelRename.inPath(target, model);
        }
        target = journey.call().handshake()
                ? UpstreamPath.ofWebSocket(candidate.channel(), target)
                : UpstreamPath.of(candidate.channel(), target);
        return substitute.place() == AuthConfig.Place.QUERY ? substitute.withQuery(target) : target;
    }

    private static String withoutKey(Journey journey) {
        String target = journey.routing().choice().target();
        Optional<Access.Ephemeral> ephemeral = journey.access().ephemeral();
        if (ephemeral.isPresent()) { // which is nobody's proxy key
            String key = ephemeral.get().key().reveal();
            target = PresentedKey.stripQueryKey(target, key::equals);
        }
        return journey.policy().access().stripQueryKey(target, journey.call().dialect());
    }

    private static Body body(Journey journey, Candidate candidate) {
        Call call = journey.call();
        String model = candidate.modelOf(call.model());
        if (model.equals(call.model()) || call.body().isEmpty()) {
            return call.body();
        }
        String type = call.head().headers().get("content-type");
        return ModelRename.inBody(call.body(), type == null ? "" : type, model);
    }
}
