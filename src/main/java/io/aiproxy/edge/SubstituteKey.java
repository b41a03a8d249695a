package io.aiproxy.edge;

import io.aiproxy.channels.Candidate;
import io.aiproxy.channels.UpstreamPath;
import io.aiproxy.config.AuthConfig;
import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Caller;
import io.aiproxy.credentials.Substitute;
import io.aiproxy.dialects.CreatedIds;
import io.aiproxy.dialects.ModelRename;
import io.aiproxy.dialects.Spoken;
import io.aiproxy.wire.HeaderEdits;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        Caller caller = call.caller();
        if (caller == null) {
            throw new IllegalStateException("the step 'authenticate' must come before 'substitute' in the route");
        }
        Substitute substitute = journey.policy().keys().substitute(caller, candidate.channel(), candidate.credential());
        String target = target(journey, candidate, substitute);
        journey.dispatch(new Journey.Dispatch(target, body(journey, candidate), edits(journey, candidate, substitute)));
    }

    private static String target(Journey journey, Candidate candidate, Substitute substitute) {
        Call call = journey.call();
        String target = journey.policy()
                .access()
                .stripQueryKey(journey.routing().choice().target(), call.dialect());
        String model = candidate.modelOf(call.model());
        if (!model.equals(call.model())) {
            target = ModelRename.inPath(target, model);
        }
        target = UpstreamPath.of(candidate.channel(), target);
        return substitute.place() == AuthConfig.Place.QUERY ? substitute.withQuery(target) : target;
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

    private static HeaderEdits edits(Journey journey, Candidate candidate, Substitute substitute) {
        Call call = journey.call();
        ChannelEdits base = journey.policy().edits().get(candidate.channel().id());
        if (base == null) {
            throw new IllegalStateException(
                    "no header changes for channel " + candidate.channel().id());
        }
        List<Map.Entry<String, String>> set = new ArrayList<>(base.set().size() + 2);
        set.addAll(base.set());
        base.forwarding(call, set);
        if (creates(call)) {
            // The id of what is created has to be read in the answer; what is compressed cannot be read in passing.
            set.add(Map.entry("accept-encoding", "identity"));
        }
        if (substitute.place() == AuthConfig.Place.HEADER) {
            set.add(Map.entry(substitute.name(), substitute.value()));
        }
        return new HeaderEdits(base.remove(), set);
    }

    static boolean creates(Call call) {
        return CreatedIds.creates(
                call.head().method(),
                call.head().path(),
                call.head().headers(),
                new Spoken(call.dialect(), call.operation()));
    }
}
