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
import java.util.List;
import java.util.Map;

/**
 * What of a request to a channel does not depend on the call: header changes, and where it goes.
 *
 * @param remove names dropped: every place where a caller may have put a credential, and what the channel's rules say
 * @param set fields set by the channel's rules
 * @param addForwarding whether the channel learns the caller's address
 * @param http where HTTP requests go
 * @param webSocket where WebSocket handshakes go
 */
record ChannelEdits(
        List<String> remove, List<Map.Entry<String, String>> set, boolean addForwarding, Place http, Place webSocket) {
    static final String SUBPROTOCOL = "Sec-WebSocket-Protocol";

    /**
     * Where requests go.
     *
     * @param target the server and the way there
     * @param host the value of {@code Host}
     */
    record Place(Target target, String host) {}

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
        List<String> remove = new ArrayList<>(PresentedKey.credentialHeaders());
        remove.add(ChannelDirectory.CHANNEL_HEADER);
        remove.addAll(channel.headers().remove());
        if (channel.forwarding() == ChannelConfig.Forwarding.REMOVE) {
            remove.addAll(FORWARDING);
        }
        List<Map.Entry<String, String>> set = channel.headers().set().entrySet().stream()
                .map(e -> Map.entry(e.getKey(), e.getValue()))
                .toList();
        return new ChannelEdits(
                List.copyOf(remove),
                set,
                channel.forwarding() == ChannelConfig.Forwarding.ADD,
                new Place(channel.target(), channel.hostHeader()),
                new Place(channel.websocketTarget(), channel.websocketHostHeader()));
    }

    /**
     * The header changes for one attempt: those of the channel's rules, and what depends on the call. Later fields replace
     * earlier ones of their name, so that the rules count more than what is made here, and the credential more than all.
     *
     * @param identity the answer must not be compressed
     */
    HeaderEdits of(Call call, Substitute credential, boolean identity) {
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
        fields.addAll(set);
        forwarding(call, fields);
        if (identity) {
            fields.add(Map.entry("accept-encoding", "identity"));
        }
        if (credential.place() == AuthConfig.Place.HEADER) {
            fields.add(Map.entry(credential.name(), credential.value()));
        }
        return new HeaderEdits(removed, fields);
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
