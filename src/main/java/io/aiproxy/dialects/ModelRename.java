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
     * {@code multipart/form-data} body; and of {@code session.model}, where realtime calls and client secrets have it, in
     * JSON and in a field {@code session}. A body without one, or one that cannot be read, is returned as it is. Segments
     * in which nothing changes are shared with the old body. As costly as {@link RequestFacts#read}.
     *
     * @param contentType the request's {@code Content-Type}; empty when it has none
     */
    public static Body inBody(Body body, String contentType, String newModel) {
        if (Multipart.is(contentType)) {
            Body fields = replace(
                    body, new Multipart(body, contentType).ranges("model"), newModel.getBytes(StandardCharsets.UTF_8));
            return replace(fields, sessionRanges(fields, contentType), quoted(newModel));
        }
        return replace(body, Json.object(body) ? jsonRanges(body, true) : List.of(), quoted(newModel));
    }

    private static Body replace(Body body, List<Range> ranges, byte[] replacement) {
        return ranges.isEmpty() ? body : new BodyBytes(body).replace(ranges, replacement);
    }

    /** Where the models stand in the JSON of the fields {@code session}. */
    private static List<Range> sessionRanges(Body body, String contentType) {
        List<Range> found = new ArrayList<>(1);
        BodyBytes bytes = new BodyBytes(body);
        for (Range session : new Multipart(body, contentType).documentRanges("session")) {
            for (Range model : jsonRanges(bytes.body(session), false)) {
                found.add(new Range(session.from() + model.from(), session.from() + model.to()));
            }
        }
        return found;
    }

    private static byte[] quoted(String text) {
        String inner = new String(JsonStringEncoder.getInstance().quoteAsString(text));
        return ('"' + inner + '"').getBytes(StandardCharsets.UTF_8);
    }

    /** @param nested whether those in a top-level object {@code session} count too */
    private static List<Range> jsonRanges(Body body, boolean nested) {
        List<Range> ranges = new ArrayList<>(1);
        try (JsonParser parser = Json.parser(body)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                models(parser, nested, ranges);
            }
            return ranges;
        } catch (IOException malformed) {
            return List.of();
        }
    }

    private static void models(JsonParser parser, boolean nested, List<Range> ranges) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.VALUE_STRING && name.equals("model")) {
                ranges.add(value(parser));
            } else if (value == JsonToken.START_OBJECT && nested && name.equals("session")) {
                models(parser, false, ranges);
            } else {
                parser.skipChildren();
            }
        }
    }

    private static Range value(JsonParser parser) throws IOException {
        long from = parser.currentTokenLocation().getByteOffset();
        parser.finishToken();
        long to = parser.currentLocation().getByteOffset();
        if (from < 0 || to < from) {
            throw new IOException("not UTF-8: no byte offsets");
        }
        return new Range(from, to);
    }

    /**
     * Replaces the model in a target that names it: Google's and Vertex's paths, Azure's deployments, {@code /models/{m}},
     * and {@code ?model=} of a realtime socket or call. Other targets are returned as they are.
     */
    public static String inPath(String target, String newModel) {
        SpokenPath path = SpokenPath.of(target);
        if (path.modelAt() >= 0) {
            return target.substring(0, path.words().from(path.modelAt()))
                    + encode(newModel)
                    + target.substring(path.modelEnd());
        }
        if (!path.queryNamesModel()) {
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
