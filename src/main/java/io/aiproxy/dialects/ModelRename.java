package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.aiproxy.core.Body;
import io.aiproxy.dialects.BodyBytes.Range;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Puts another model's name into a request and leaves every other byte as it was. */
public final class ModelRename {
    private static final String SAFE = "-._~!$()*,;@";

    private ModelRename() {}

    /**
     * Replaces the value of the top-level {@code "model"} of a JSON body, or of the field {@code model} of a
     * {@code multipart/form-data} body. A body without one, or one that cannot be read, is returned as it is. Segments in
     * which nothing changes are shared with the old body. As costly as {@link RequestFacts#read}.
     *
     * @param contentType the request's {@code Content-Type}; empty when it has none
     */
    public static Body inBody(Body body, String contentType, String newModel) {
        if (Multipart.is(contentType)) {
            List<Range> ranges = new Multipart(body, contentType).ranges("model");
            return ranges.isEmpty()
                    ? body
                    : new BodyBytes(body).replace(ranges, newModel.getBytes(StandardCharsets.UTF_8));
        }
        List<Range> ranges = Json.object(body) ? jsonRanges(body) : List.of();
        return ranges.isEmpty() ? body : new BodyBytes(body).replace(ranges, quoted(newModel));
    }

    private static byte[] quoted(String text) {
        String inner = new String(JsonStringEncoder.getInstance().quoteAsString(text));
        return ('"' + inner + '"').getBytes(StandardCharsets.UTF_8);
    }

    private static List<Range> jsonRanges(Body body) {
        List<Range> ranges = new ArrayList<>(1);
        try (JsonParser parser = Json.parser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return List.of();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean model = parser.currentName().equals("model");
                if (parser.nextToken() == JsonToken.VALUE_STRING && model) {
                    long from = parser.currentTokenLocation().getByteOffset();
                    parser.finishToken();
                    long to = parser.currentLocation().getByteOffset();
                    if (from < 0 || to < from) {
                        return List.of(); // not UTF-8: no byte offsets
                    }
                    ranges.add(new Range(from, to));
                } else {
                    parser.skipChildren();
                }
            }
            return ranges;
        } catch (IOException malformed) {
            return List.of();
        }
    }

    /**
     * Replaces the model in a target that names it: Google's and Vertex's paths, Azure's deployments, {@code /models/{m}},
     * and {@code ?model=} of a realtime socket. Other targets are returned as they are.
     */
    public static String inPath(String target, String newModel) {
        SpokenPath path = SpokenPath.of(target);
        if (path.modelAt() >= 0) {
            return target.substring(0, path.words().from(path.modelAt()))
                    + encode(newModel)
                    + target.substring(path.modelEnd());
        }
        if (!path.operation().equals("realtime")) {
            return target;
        }
        int model = path.words().parameterAt("model");
        int from = model >= 0 ? model : path.words().parameterAt("deployment");
        return from < 0
                ? target
                : target.substring(0, from)
                        + encode(newModel)
                        + target.substring(path.words().parameterEnd(from));
    }

    /** Percent-encodes for one path segment; the colon too, because Google writes the operation behind one. */
    private static String encode(String text) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || SAFE.indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%').append(hex(b >> 4)).append(hex(b));
            }
        }
        return out.toString();
    }

    private static char hex(int nibble) {
        return Character.toUpperCase(Character.forDigit(nibble & 0xf, 16));
    }
}
