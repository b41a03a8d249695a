package io.aiproxy.access;

import io.aiproxy.core.Headers;
import io.aiproxy.core.RequestHead;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/** Request heads for tests. */
final class Requests {
    private Requests() {}

    /** A request; {@code headers} are name, value, name, value … */
    static RequestHead request(String target, String... headers) {
        return from("127.0.0.1", target, headers);
    }

    /** A WebSocket handshake; {@code headers} as above. */
    static RequestHead handshake(String target, String... headers) {
        List<String> all = new ArrayList<>(List.of("Upgrade", "websocket", "Connection", "keep-alive, Upgrade"));
        all.addAll(List.of(headers));
        return new RequestHead(
                "GET",
                target,
                headers(all.toArray(String[]::new)),
                new InetSocketAddress(address("127.0.0.1"), 4711),
                false);
    }

    static RequestHead from(String peer, String target, String... headers) {
        return new RequestHead("POST", target, headers(headers), new InetSocketAddress(address(peer), 4711), false);
    }

    static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }

    static Headers headers(String... fields) {
        return new Headers() {
            @Override
            public String get(String name) {
                List<String> all = all(name);
                return all.isEmpty() ? null : all.get(0);
            }

            @Override
            public List<String> all(String name) {
                List<String> values = new ArrayList<>();
                forEach((field, value) -> {
                    if (field.equalsIgnoreCase(name)) {
                        values.add(value);
                    }
                });
                return values;
            }

            @Override
            public void forEach(BiConsumer<String, String> consumer) {
                for (int i = 0; i < fields.length; i += 2) {
                    consumer.accept(fields[i], fields[i + 1]);
                }
            }
        };
    }
}
