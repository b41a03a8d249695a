package io.aiproxy.edge;

import io.aiproxy.channels.Affinity;
import io.aiproxy.channels.Bound;
import io.aiproxy.core.Call;
import io.aiproxy.core.Headers;
import io.aiproxy.dialects.CreatedIds;
import io.aiproxy.dialects.Spoken;
import io.aiproxy.dialects.UploadUrls;
import io.aiproxy.wire.UpstreamAnswer;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Step {@code settle}: what an accepted answer leaves behind. Remembers at which channel something was created, and keeps
 * upload addresses at the gateway. What is booked about the call is booked when its last byte has left, not here.
 */
final class Settle implements Processor {
    private static final String UPLOAD_URL = "x-goog-upload-url";

    private final Affinity affinity;

    Settle(Affinity affinity) {
        this.affinity = affinity;
    }

    @Override
    public void process(Exchange exchange) {
        Journey journey = ExchangeKeys.journey(exchange);
        Call call = journey.call();
        if (!(exchange.getMessage().getBody() instanceof UpstreamAnswer answer) || answer.status() >= 300) {
            return;
        }
        String upload = answer.headers().get(UPLOAD_URL);
        if (upload != null) {
            exchange.getMessage().setHeader(UPLOAD_URL, UploadUrls.toGateway(upload, base(call)));
        }
        if (SubstituteKey.creates(call)) {
            remember(journey, call, answer);
        }
    }

    private void remember(Journey journey, Call call, UpstreamAnswer answer) {
        Bound at = journey.routing().candidate().bound();
        Spoken spoken = new Spoken(call.dialect(), call.operation());
        Headers headers = Journey.keep(answer.headers(), UPLOAD_URL, "location", "content-encoding", "content-type");
        String type = orEmpty(headers.get("content-type"));
        journey.serverCall().tapPrefix(CreatedIds.PREFIX_BYTES, prefix -> {
            List<String> ids = CreatedIds.read(spoken, headers, prefix, type);
            ids.forEach(id -> affinity.bind(id, at.channel(), at.credential()));
            return !ids.isEmpty();
        });
    }

    /** How the caller reaches the gateway: as the caller has addressed it. */
    private static String base(Call call) {
        String host = orEmpty(call.head().headers().get("host"));
        String proto = orEmpty(call.head().headers().get("x-forwarded-proto"));
        boolean secure = call.head().secure() || proto.equalsIgnoreCase("https");
        return (secure ? "https://" : "http://") + host;
    }

    private static String orEmpty(@Nullable String value) {
        return value == null ? "" : value;
    }
}
