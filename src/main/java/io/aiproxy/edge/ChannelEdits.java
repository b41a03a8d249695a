package io.aiproxy.edge;

import io.aiproxy.access.PresentedKey;
import io.aiproxy.channels.ChannelDirectory;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.core.Call;
import io.aiproxy.core.RequestHead;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The header changes of a channel that do not depend on the call.
 *
 * @param remove names dropped: every place where a caller may have put a credential, and what the channel's rules say
 * @param set fields set by the channel's rules
 * @param addForwarding whether the channel learns the caller's address
 */
record ChannelEdits(List<String> remove, List<Map.Entry<String, String>> set, boolean addForwarding) {
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
        return new ChannelEdits(List.copyOf(remove), set, channel.forwarding() == ChannelConfig.Forwarding.ADD);
    }

    /** Adds what the channel is to know of the caller's address (de facto standard; nginx's names). */
    void forwarding(Call call, List<Map.Entry<String, String>> fields) {
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
