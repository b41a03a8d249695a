package io.aiproxy.wire;

import io.aiproxy.core.Headers;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** {@link Headers} over Netty's own, without copying. */
final class NettyHeaders implements Headers {
    private final HttpHeaders fields;

    NettyHeaders(HttpHeaders fields) {
        this.fields = fields;
    }

    HttpHeaders fields() {
        return fields;
    }

    @Override
    public @Nullable String get(String name) {
        return fields.get(name);
    }

    @Override
    public List<String> all(String name) {
        return fields.getAll(name);
    }

    @Override
    public boolean contains(String name) {
        return fields.contains(name);
    }

    @Override
    public void forEach(BiConsumer<String, String> consumer) {
        Iterator<Map.Entry<String, String>> entries = fields.iteratorAsString();
        while (entries.hasNext()) {
            Map.Entry<String, String> entry = entries.next();
            consumer.accept(entry.getKey(), entry.getValue());
        }
    }
}
