package io.aiproxy.edge;

import io.aiproxy.channels.Affinity;
import io.aiproxy.channels.Bound;
import io.aiproxy.core.Call;
import io.aiproxy.core.Headers;
import io.aiproxy.core.Ticker;
import io.aiproxy.dialects.CallLocation;
import io.aiproxy.dialects.ClientSecrets;
import io.aiproxy.dialects.ClientSecrets.ClientSecret;
import io.aiproxy.dialects.CreatedIds;
import io.aiproxy.dialects.Spoken;
import io.aiproxy.dialects.UploadUrls;
import io.aiproxy.wire.UpstreamAnswer;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Step {@code settle}: what an accepted answer leaves behind. Remembers at which channel something was created and whose
 * ephemeral key was made there, keeps the addresses of uploads and calls at the gateway, and has usage read along. What is booked about the call is booked when its last byte has left, not here.
 */
final class Settle implements Processor {
    private static final String UPLOAD_URL = "x-goog-upload-url";

    private static final String LOCATION = "location";
    private static final byte[] NOTHING_YET = {};

    private final Affinity affinity;
    private final SecretSink secrets;
    private final RefusedQuestion refused = new RefusedQuestion(Ticker.SYSTEM);

    /** Takes ephemeral keys that channels have made for callers. Called on event loops; must not block. */
    interface SecretSink {
        /** A key was made in this call, at this channel with this credential. */
        void remember(Call call, Bound at, ClientSecret secret);
    }

    Settle(Affinity affinity, SecretSink secrets) {
        this.affinity = affinity;
        this.secrets = secrets;
    }

    @Override
    public void process(Exchange exchange) {
        Journey journey = ExchangeKeys.journey(exchange);
        Call call = journey.call();
        if (!(exchange.getMessage().getBody() instanceof UpstreamAnswer answer)) {
            return;
        }
        if (answer.status() == 400 && journey.asksUsage()) {
            refused.watch(journey);
        }
        if (answer.status() >= 300) {
            return;
        }
        UsageReading.reader(journey, answer.headers())
                .ifPresent(journey.serverCall().taps()::whole);
        String upload = answer.headers().get(UPLOAD_URL);
        if (upload != null) {
            exchange.getMessage().setHeader(UPLOAD_URL, UploadUrls.toGateway(upload, base(call)));
        }
        if (!journey.creates()) {
            return;
        }
        Spoken spoken = new Spoken(call.dialect(), call.operation());
        if (ClientSecrets.creates(call.head().method(), spoken)) {
            keepSecret(journey, call, answer);
            return;
        }
        remember(journey, spoken, answer);
        String location = answer.headers().get(LOCATION);
        if (location != null && spoken.operation().equals("realtime.calls")) {
            exchange.getMessage().setHeader(LOCATION, CallLocation.toGateway(location, asked(journey, call)));
        }
    }

    private void remember(Journey journey, Spoken spoken, UpstreamAnswer answer) {
        Headers headers = Journey.keep(answer.headers(), UPLOAD_URL, LOCATION, "content-encoding", "content-type");
        String type = orEmpty(headers.get("content-type"));
        // what the head names is known before the caller can ask for it, and whether a body follows or not
        if (!bind(journey, CreatedIds.read(spoken, headers, NOTHING_YET, type))) {
            journey.serverCall()
                    .taps()
                    .prefix(
                            CreatedIds.PREFIX_BYTES,
                            prefix -> bind(journey, CreatedIds.read(spoken, headers, prefix, type)));
        }
    }

    private boolean bind(Journey journey, List<String> ids) {
        Bound at = journey.routing().candidate().bound();
        ids.forEach(id -> affinity.bind(id, at.channel(), at.credential()));
        return !ids.isEmpty();
    }

    private void keepSecret(Journey journey, Call call, UpstreamAnswer answer) {
        Bound at = journey.routing().candidate().bound();
        String encoding = orEmpty(answer.headers().get("content-encoding"));
        journey.serverCall().taps().prefix(ClientSecrets.PREFIX_BYTES, prefix -> {
            ClientSecrets.Reading read = ClientSecrets.read(prefix, encoding);
            read.secret().ifPresent(secret -> secrets.remember(call, at, secret));
            return read.over();
        });
    }

    private static CallLocation.Request asked(Journey journey, Call call) {
        Journey.Dispatch sent = journey.dispatch();
        return new CallLocation.Request(
                call.head().target(),
                sent.uri(),
                base(call),
                List.of(sent.place().target().origin().authority(), sent.place().host()));
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
