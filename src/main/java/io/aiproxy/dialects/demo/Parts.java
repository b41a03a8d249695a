package io.aiproxy.dialects.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Small parts that answers are made of. */
final class Parts {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private Parts() {}

    /** An object from names and values in turn. */
    static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        for (int i = 0; i + 1 < namesAndValues.length; i += 2) {
            object.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return object;
    }

    static byte[] bytes(Object value) {
        try {
            // not writeValueAsBytes: it throws for half a surrogate pair, which a quoted message may hold
            return MAPPER.writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("maps, lists and numbers can always be written", impossible);
        }
    }

    /** {@code data: …} and an empty line. */
    static byte[] event(Object data) {
        return framed("data: ", bytes(data));
    }

    /** {@code event: …}, {@code data: …} and an empty line. */
    static byte[] event(String name, Object data) {
        return framed("event: " + name + "\ndata: ", bytes(data));
    }

    static byte[] framed(String before, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(before.length() + data.length + 2);
        out.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        out.writeBytes(data);
        out.writeBytes(new byte[] {'\n', '\n'});
        return out.toByteArray();
    }
}
