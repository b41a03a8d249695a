package io.aiproxy.edge;

import io.aiproxy.access.PresentedKey;
import io.aiproxy.channels.ChannelDirectory;
import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.core.Call;
import io.aiproxy.core.Headers;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.Target;
import io.aiproxy.credentials.Substitute;
import io.aiproxy.wire.HeaderEdits;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What of a request to a channel does not depend on the call: header changes, rules, and where it goes.
 *
 * @param remove names dropped: every place where a caller may have put a credential, and what the channel's rules say
 * @param dropped those of the names that are dropped also when a step of the route has set them: the channel's last word
 * @param set fields set by the channel's rules
 * @param addForwarding whether the channel learns the caller's address
 * @param rules further changes, of some requests
 * @param places where requests go
 * @param placesByModel where requests for these models go, by the channel's or the caller's name for them
 */
record ChannelEdits(
        List<String> remove,
        List<String> dropped,
        List<Map.Entry<String, String>> set,
        boolean addForwarding,
        Rules rules,
        Places places,
        Map<String, Places> placesByModel) {
    static final String SUBPROTOCOL = "Sec-WebSocket-Protocol";

    /** How a channel may compress its answer. */
    enum Packing {
        /** Not at all. */
        NONE,
        /** In those of the caller's ways that can be read in passing. */
        READABLE,
        /** As the caller says. */
        ANY
    }

    /**
     * Where requests go.
     *
     * @param target the server and the way there
     * @param host the value of {@code Host}
     */
    record Place(Target target, String host) {
        /**
         * The same at another host: its name in {@code Host} and in the TLS handshake, all else as it is.
         *
         * @param other {@code host} or {@code host:port}, an IPv6 address in brackets
         */
        Place at(String other) {
            Target there = target.at(other);
            return new Place(there, there.origin().authority());
        }
    }

    /**
     * Where the two kinds of requests go.
     *
     * @param http HTTP requests
     * @param webSocket WebSocket handshakes
     */
    record Places(Place http, Place webSocket) {
        Places at(String host) {
            return new Places(http.at(host), webSocket.at(host));
        }
    }

    private static final List<String> FORWARDING = List.of(
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            "x-forwarded-port",
            "x-real-ip",
            "x-client-ip",
            "client-ip",
            "true-client-ip",
            "forwarded",
            "via",
            "referer",
            "user-agent");

    static ChannelEdits of(ChannelConfig channel) {
        List<String> dropped = new ArrayList<>(channel.headers().remove());
        if (channel.privacy() || channel.forwarding() == ChannelConfig.Forwarding.REMOVE) {
            dropped.addAll(FORWARDING);
        }
        List<String> remove = new ArrayList<>(PresentedKey.credentialHeaders());
        remove.add(ChannelDirectory.CHANNEL_HEADER);
        remove.addAll(dropped);
        List<Map.Entry<String, String>> set = channel.headers().set().entrySet().stream()
                .map(e -> Map.entry(e.getKey(), e.getValue()))
                .toList();
        Places places = new Places(
                new Place(channel.target(), channel.hostHeader()),
                new Place(channel.websocketTarget(), channel.websocketHostHeader()));
        Map<String, Places> placesByModel = new HashMap<>();
        channel.modelHosts().forEach((model, host) -> placesByModel.put(model, places.at(host)));
        return new ChannelEdits(
                List.copyOf(remove),
                List.copyOf(dropped),
                set,
                !channel.privacy() && channel.forwarding() == ChannelConfig.Forwarding.ADD,
                Rules.of(channel.rules()),
                places,
                Map.copyOf(placesByModel));
    }

    /** Every target that a request may go to. */
    Stream<Target> targets(boolean webSocketsToo) {
        return Stream.concat(Stream.of(places), placesByModel.values().stream())
                .flatMap(each -> webSocketsToo ? Stream.of(each.http, each.webSocket) : Stream.of(each.http))
                .map(Place::target);
    }

    /** Where a call goes; {@code model} is what the channel calls the model. */
    Place place(Call call, String model) {
        Places found = places;
        if (!placesByModel.isEmpty()) {
            Places asked = placesByModel.getOrDefault(call.model(), places);
            found = placesByModel.getOrDefault(model, asked);
        }
        return call.handshake() ? found.webSocket : found.http;
    }

    /**
     * The header changes for one attempt: those of the channel's rules, and what depends on the call. Later fields replace
     * earlier ones of their name, so that the rules count more than what is made here, and the credential more than all.
     *
     * @param packing how the answer may be compressed
     * @param matched the rules for this call
     */
    HeaderEdits of(Call call, Substitute credential, Packing packing, Rules.Matched matched) {
        Headers caller = call.head().headers();
        List<String> removed = remove;
        List<Map.Entry<String, String>> fields = new ArrayList<>(set.size() + 2);
        if (PresentedKey.isInSubprotocols(caller)) {
            removed = new ArrayList<>(remove);
            removed.add(SUBPROTOCOL);
            if (remove.stream().noneMatch(SUBPROTOCOL::equalsIgnoreCase)) {
                PresentedKey.subprotocolsWithoutKey(caller)
                        .ifPresent(others -> fields.add(Map.entry(SUBPROTOCOL, others)));
            }
        }
        if (packing == Packing.READABLE) {
            readable(caller, removed, matched, fields);
        }
        fields.addAll(set);
        forwarding(call, fields);
        if (!matched.isEmpty()) {
            removed = new ArrayList<>(removed);
            matched.headers(removed, fields);
        }
        if (packing == Packing.NONE) {
            fields.add(Map.entry(Codings.ACCEPT_ENCODING, "identity"));
        }
        if (credential.place() == AuthConfig.Place.HEADER) {
            fields.add(Map.entry(credential.name(), credential.value()));
        }
        return new HeaderEdits(removed, fields);
    }

    /** Offers only what can be read; where the channel's settings take the field out, nothing is put in. */
    private static void readable(
            Headers caller, List<String> removed, Rules.Matched matched, List<Map.Entry<String, String>> fields) {
        String offer = Codings.readable(caller);
        if (offer != null
                && removed.stream().noneMatch(Codings.ACCEPT_ENCODING::equalsIgnoreCase)
                && matched.removed().stream().noneMatch(Codings.ACCEPT_ENCODING::equalsIgnoreCase)) {
            fields.add(Map.entry(Codings.ACCEPT_ENCODING, offer));
        }
    }

    /** Names that are not sent even if a step of the route has set them. */
    List<String> dropped(Rules.Matched matched) {
        List<String> byRules = matched.removed();
        if (byRules.isEmpty()) {
            return dropped;
        }
        List<String> all = new ArrayList<>(dropped);
        all.addAll(byRules);
        return all;
    }

    /** Adds what the channel is to know of the caller's address (de facto standard; nginx's names). */
    private void forwarding(Call call, List<Map.Entry<String, String>> fields) {
        if (!addForwarding) {
            return;
        }
        RequestHead head = call.head();
        InetSocketAddress peer = head.peer();
        String before = String.join(", ", head.headers().all("x-forwarded-for"));
        String last = peer.getAddress() == null
                ? peer.getHostString()
                : peer.getAddress().getHostAddress();
        fields.add(Map.entry("X-Forwarded-For", before.isEmpty() ? last : before + ", " + last));
        fields.add(Map.entry("X-Real-IP", call.client()));
        fields.add(Map.entry("X-Forwarded-Proto", head.secure() ? "https" : "http"));
        String host = head.headers().get("host");
        if (host != null) {
            fields.add(Map.entry("X-Forwarded-Host", host));
        }
    }
}
