package io.aiproxy.wire;

import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Map;

/**
 * What changes in header fields on their way through, besides the hop-by-hop fields that always end here.
 *
 * @param remove names to drop; case does not matter
 * @param set fields to set after that, each replacing all of its name
 */
public record HeaderEdits(List<String> remove, List<Map.Entry<String, String>> set) {
    /** Nothing changes. */
    public static final HeaderEdits NONE = new HeaderEdits(List.of(), List.of());

    /** Makes the changes. */
    void apply(HttpHeaders headers) {
        for (String name : remove) {
            headers.remove(name);
        }
        set.forEach(e -> headers.set(e.getKey(), e.getValue()));
    }

    boolean removes(String name) {
        for (int i = 0; i < remove.size(); i++) {
            if (remove.get(i).equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }
}
