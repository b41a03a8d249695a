package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.core.Body;
import io.aiproxy.dialects.BodyBytes.Splice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of JSON bodies that leave every byte beside them as it stands: order, white space, the form of numbers and
 * strings, fields that nobody knows. The body is read once for all removals, once for the values set and once for the
 * defaults, in this order; it is never written anew.
 *
 * <p>A path is dotted: {@code metadata.user_id}, {@code tools.0.name}, {@code tools.*.cache_control}; {@code *} is every
 * item of an array and every member of an object. Of members that stand there twice all are meant.
 *
 * <ul>
 *   <li>Removals name places as they were before any of them; what is not there is not missed.
 *   <li>A value that is set replaces whatever stood there. What is missing on the way is made, an object for each name;
 *       {@code null} on the way counts as missing. Items of arrays are never made, and nothing else on the way is replaced.
 *   <li>A default is set only where nothing stands, not even {@code null}.
 * </ul>
 *
 * <p>Immutable; any thread. As costly as {@link RequestFacts#read} for each of the three.
 */
public final class BodyEdits {
    private static final Logger LOG = LoggerFactory.getLogger(BodyEdits.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<BodyPath> removed;
    private final List<Map<BodyPath, byte[]>> set;
    private final List<Map<BodyPath, byte[]>> defaults;

    private BodyEdits(List<BodyPath> removed, List<Map<BodyPath, byte[]>> set, List<Map<BodyPath, byte[]>> defaults) {
        this.removed = removed;
        this.set = set;
        this.defaults = defaults;
    }

    /**
     * Prepares changes.
     *
     * @param remove paths
     * @param set values by path
     * @param defaults values by path
     */
    public static BodyEdits of(List<String> remove, Map<String, JsonNode> set, Map<String, JsonNode> defaults) {
        return new BodyEdits(remove.stream().map(BodyPath::of).toList(), passes(set), passes(defaults));
    }

    /** Whether a body of this {@code Content-Type} may be changed: {@code application/json} and its like. */
    public static boolean isJson(@Nullable String contentType) {
        if (contentType == null) {
            return false;
        }
        int parameters = contentType.indexOf(';');
        String type = (parameters < 0 ? contentType : contentType.substring(0, parameters))
                .strip()
                .toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.equals("text/json") || type.endsWith("+json");
    }

    /** The changed body; the same object when nothing changes, also because it is not JSON in UTF-8. Never throws for it. */
    public Body apply(Body body) {
        if (body.isEmpty()) {
            return body;
        }
        try {
            Body changed = body;
            if (!removed.isEmpty()) {
                try (BodyWalk walk = new BodyRemoval(changed)) {
                    changed = spliced(changed, walk.walk(removed));
                }
            }
            for (Map<BodyPath, byte[]> pass : set) {
                changed = put(changed, pass, true);
            }
            for (Map<BodyPath, byte[]> pass : defaults) {
                changed = put(changed, pass, false);
            }
            return changed;
        } catch (IOException malformed) {
            LOG.debug("A JSON body passes as it is, because it cannot be changed: {}", reason(malformed));
            return body;
        }
    }

    private static Body put(Body body, Map<BodyPath, byte[]> values, boolean overwrite) throws IOException {
        try (BodyWalk walk = new BodySetting(body, values, overwrite)) {
            return spliced(body, walk.walk(List.copyOf(values.keySet())));
        }
    }

    private static Body spliced(Body body, List<Splice> splices) {
        return splices.isEmpty() ? body : new BodyBytes(body).splice(splices);
    }

    /** Where, and not what: the parser's own words quote the body. */
    private static String reason(IOException problem) {
        if (problem instanceof JsonProcessingException broken) {
            return "malformed at byte "
                    + (broken.getLocation() == null ? "?" : broken.getLocation().getByteOffset());
        }
        return String.valueOf(problem.getMessage());
    }

    /**
     * In their order, as many in one pass as cannot meet: paths that begin with different names. A later path may lead into
     * what an earlier one has made.
     */
    private static List<Map<BodyPath, byte[]>> passes(Map<String, JsonNode> values) {
        List<Map<BodyPath, byte[]>> passes = new ArrayList<>();
        Set<String> begun = new HashSet<>();
        values.forEach((dotted, value) -> {
            BodyPath path = BodyPath.of(dotted);
            if (passes.isEmpty() || path.isAny(0) || begun.contains("*") || !begun.add(path.step(0))) {
                passes.add(new LinkedHashMap<>());
                begun.clear();
                begun.add(path.step(0));
            }
            passes.get(passes.size() - 1).put(path, bytes(value));
        });
        return passes;
    }

    private static byte[] bytes(JsonNode value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a JSON value", e);
        }
    }
}
