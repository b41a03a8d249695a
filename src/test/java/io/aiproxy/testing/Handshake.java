package io.aiproxy.testing;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The opening handshake of a WebSocket (RFC 6455, 4). */
final class Handshake {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private Handshake() {}

    /** The answer to a key. */
    static String accept(String key) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is wrong with a client's handshake, if anything. */
    static Optional<String> problem(Recorded request) {
        if (!request.head().startLine().matches("GET \\S+ HTTP/1\\.1")) {
            return Optional.of("it has to be GET in HTTP/1.1");
        }
        if (!has(request, "Upgrade", "websocket")) {
            return Optional.of("Upgrade has to be websocket");
        }
        if (!has(request, "Connection", "upgrade")) {
            return Optional.of("Connection has to name upgrade");
        }
        if (!request.headers("Sec-WebSocket-Version").equals(List.of("13"))) {
            return Optional.of("Sec-WebSocket-Version has to be 13");
        }
        if (request.headers("Sec-WebSocket-Key").size() != 1 || keyBytes(request) != 16) {
            return Optional.of("Sec-WebSocket-Key has to be 16 bytes in Base64, once");
        }
        return request.headers("Sec-WebSocket-Extensions").size() > 1
                ? Optional.of("Sec-WebSocket-Extensions stands in more than one line")
                : Optional.empty();
    }

    private static boolean has(Recorded request, String name, String token) {
        return request.headers(name).stream()
                .flatMap(v -> Arrays.stream(v.split(",")))
                .anyMatch(t -> t.strip().equalsIgnoreCase(token));
    }

    private static int keyBytes(Recorded request) {
        try {
            return Base64.getDecoder()
                    .decode(request.header("Sec-WebSocket-Key").orElse(""))
                    .length;
        } catch (IllegalArgumentException e) {
            return -1;
        }
    }
}
