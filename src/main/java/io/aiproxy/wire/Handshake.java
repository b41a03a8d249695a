package io.aiproxy.wire;

import io.aiproxy.core.Headers;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The channel's half of a WebSocket handshake (RFC 6455, 4.1 and 4.2.2), as the gateway sees it. */
final class Handshake {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private Handshake() {}

    /**
     * What is wrong with a 101; null when the caller may have it. The caller's own key went to the channel, so that the
     * channel's proof is the caller's too.
     */
    static @Nullable String problem(Headers caller, HttpResponse response) {
        HttpHeaders answer = response.headers();
        String key = caller.get("sec-websocket-key");
        if (!answer.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                || !answer.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
            return "answered 101 without upgrading to websocket";
        }
        String accept = answer.get(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT);
        if (key == null || accept == null || !accept.strip().equals(accept(key.strip()))) {
            return "answered 101 with a wrong Sec-WebSocket-Accept: it is no WebSocket server, or a cache stands between";
        }
        return null;
    }

    /**
     * The 101 for the caller.
     *
     * @param headers the channel's, without those of its connection
     * @param subprotocol answered if the channel has chosen none
     */
    static HttpResponse answer(HttpHeaders headers, Optional<String> subprotocol) {
        headers.remove(HttpHeaderNames.CONTENT_LENGTH).remove(HttpHeaderNames.TRANSFER_ENCODING);
        if (!headers.contains(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
            subprotocol.ifPresent(name -> headers.set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, name));
        }
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
        return new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.SWITCHING_PROTOCOLS,
                Unpooled.EMPTY_BUFFER,
                headers,
                EmptyHttpHeaders.INSTANCE);
    }

    /** RFC 6455, 4.2.2: what proves that a server has understood the handshake. */
    static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] digest = sha1.digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    /**
     * Whether messages can be read along: nothing was agreed on that changes payloads, or permessage-deflate alone
     * (RFC 7692), which can be undone.
     */
    static boolean readable(HttpHeaders answer) {
        List<String> agreed = new ArrayList<>();
        for (String value : answer.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
            for (String extension : value.split(",", -1)) {
                String name = extension.split(";", 2)[0].strip();
                if (!name.isEmpty()) {
                    agreed.add(name);
                }
            }
        }
        return agreed.isEmpty() || (agreed.size() == 1 && agreed.get(0).equalsIgnoreCase("permessage-deflate"));
    }
}
