package io.aiproxy.usage;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageField;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** {@link Usage} in JSON, with the names of {@link UsageField}. What is zero is left out. */
final class UsageJson {
    private static final UsageField[] ALL = UsageField.values();
    private static final Map<String, UsageField> BY_FIELD = new HashMap<>();

    static {
        for (UsageField number : ALL) {
            BY_FIELD.put(number.word(), number);
        }
    }

    private UsageJson() {}

    /** Writes the field {@code usage}, or nothing where nothing was used. */
    static void write(Usage usage, JsonGenerator to) throws IOException {
        if (usage.isNone()) {
            return;
        }
        to.writeObjectFieldStart("usage");
        for (UsageField number : ALL) {
            long value = number.of(usage);
            if (value != 0) {
                to.writeNumberField(number.word(), value);
            }
        }
        to.writeEndObject();
    }

    /** Reads the object that {@link #write} makes; fields that are not known are left out. */
    static Usage read(JsonParser from) throws IOException {
        if (from.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("\"usage\" must be an object");
        }
        Map<UsageField, Long> values = new EnumMap<>(UsageField.class);
        for (String name = from.nextFieldName(); name != null; name = from.nextFieldName()) {
            JsonToken token = from.nextToken();
            UsageField number = BY_FIELD.get(name);
            if (number == null) {
                from.skipChildren();
            } else if (token == JsonToken.VALUE_NUMBER_INT) {
                values.put(number, from.getLongValue());
            } else {
                throw new IOException("\"" + name + "\" must be a whole number");
            }
        }
        return UsageField.usage(number -> values.getOrDefault(number, 0L));
    }
}
