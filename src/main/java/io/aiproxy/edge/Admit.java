package io.aiproxy.edge;

import io.aiproxy.core.Call;
import io.aiproxy.core.RequestHead;
import io.aiproxy.dialects.CreatedIds;
import io.aiproxy.dialects.RequestFacts;
import io.aiproxy.dialects.Spoken;
import java.util.concurrent.Executor;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Step {@code admit}: what is asked for (model, ids that belong to a channel), read from path and body, and whether the
 * caller may ask for it. A large body is read beside the event loop, which has other calls to serve.
 */
final class Admit extends AsyncProcessorSupport {
    private final Executor readers;

    Admit(Executor readers) {
        this.readers = readers;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Journey journey = ExchangeKeys.journey(exchange);
        Call call = journey.call();
        Spoken spoken = new Spoken(call.dialect(), call.operation());
        RequestHead head = call.head();
        journey.creates(CreatedIds.creates(head.method(), head.target(), head.headers(), spoken));
        if (RequestFacts.cheap(call.body())) {
            admit(exchange, journey, RequestFacts.read(call.head(), call.body(), spoken));
            callback.done(true);
            return true;
        }
        readers.execute(() -> {
            RequestFacts facts = RequestFacts.read(call.head(), call.body(), spoken);
            call.loop().execute(() -> {
                admit(exchange, journey, facts);
                callback.done(false);
            });
        });
        return false;
    }

    private static void admit(Exchange exchange, Journey journey, RequestFacts facts) {
        journey.facts(facts);
        journey.call().model(facts.model());
        try {
            journey.call().model(ModelRights.granted(journey, facts));
        } catch (RuntimeException e) { // the step may be over only now, on the loop
            exchange.setException(e);
        }
    }
}
