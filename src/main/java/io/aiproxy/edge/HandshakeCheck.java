package io.aiproxy.edge;

import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Headers;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Whether a WebSocket handshake is one that can be answered (RFC 6455, 4.2.1). Looked at before a route sees it: what
 * leaves the gateway behind a 101 is no HTTP any more, so both ends must mean the same by it.
 */
final class HandshakeCheck {
    /** The one version that there is besides drafts. RFC 6455, 4.1. */
    static final String VERSION = "13";

    /** Says in a request which version its sender speaks, and in a refusal which one would be taken. */
    static final String VERSION_HEADER = "sec-websocket-version";

    private static final int KEY_BYTES = 16;
    private static final int KEY_LETTERS = 24;

    private HandshakeCheck() {}

    /** What is wrong with the handshake, for its sender; empty when nothing is. */
    static Optional<Failure> problem(Call call) {
        Headers headers = call.head().headers();
        if (otherVersion(headers)) {
            return wrong("the gateway speaks WebSocket version 13; send Sec-WebSocket-Version: 13");
        }
        List<String> keys = headers.all("sec-websocket-key");
        if (keys.isEmpty()) {
            return wrong("the header Sec-WebSocket-Key is missing; a WebSocket handshake needs it");
        }
        if (keys.size() > 1 || !isKey(keys.get(0).strip())) {
            return wrong("the header Sec-WebSocket-Key must stand once and be 16 bytes in base64 (24 characters)");
        }
        if (call.bodySize() > 0) {
            return wrong("a WebSocket handshake has no body; leave out Content-Length and Transfer-Encoding");
        }
        return Optional.empty();
    }

    /** Whether the version that the gateway speaks is not the one that was asked for. */
    static boolean otherVersion(Headers headers) {
        List<String> versions = headers.all(VERSION_HEADER);
        return versions.size() != 1 || !versions.get(0).strip().equals(VERSION);
    }

    private static boolean isKey(String text) {
        if (text.length() != KEY_LETTERS) {
            return false;
        }
        try {
            return Base64.getDecoder().decode(text).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Optional<Failure> wrong(String message) {
        return Optional.of(Failure.of(FailureKind.INVALID_REQUEST, message));
    }
}
