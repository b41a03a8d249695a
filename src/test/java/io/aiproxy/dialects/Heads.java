package io.aiproxy.dialects;

import io.aiproxy.core.Body;
import io.aiproxy.core.Headers;
import io.aiproxy.core.RequestHead;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** Request heads and bodies for tests. */
public final class Heads {
    private Heads() {}

    /** A head with {@code Name: value} fields. */
    public static RequestHead head(String method, String target, String... fields) {
        return new RequestHead(method, target, headers(fields), new InetSocketAddress("127.0.0.1", 40000), false);
    }

    public static Headers headers(String... fields) {
        List<String[]> all = new ArrayList<>();
        for (String field : fields) {
            int colon = field.indexOf(':');
            all.add(new String[] {
                field.substring(0, colon), field.substring(colon + 1).strip()
            });
        }
        return new Headers() {
            @Override
            public String get(String name) {
                return all(name).stream().findFirst().orElse(null);
            }

            @Override
            public List<String> all(String name) {
                return all.stream()
                        .filter(f -> f[0].equalsIgnoreCase(name))
                        .map(f -> f[1])
                        .toList();
            }

            @Override
            public void forEach(BiConsumer<String, String> consumer) {
                all.forEach(f -> consumer.accept(f[0], f[1]));
            }
        };
    }

    public static Body body(String text) {
        return Body.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The text in segments of {@code size} bytes. */
    public static Body cut(String text, int size) {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        List<byte[]> segments = new ArrayList<>();
        for (int at = 0; at < all.length; at += size) {
            segments.add(Arrays.copyOfRange(all, at, Math.min(all.length, at + size)));
        }
        return Body.of(segments);
    }

    /** The text in two segments, cut at a byte. */
    public static Body cutAt(String text, int at) {
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        return Body.of(List.of(Arrays.copyOfRange(all, 0, at), Arrays.copyOfRange(all, at, all.length)));
    }

    public static String text(Body body) {
        return new String(body.bytes(), StandardCharsets.UTF_8);
    }
}
