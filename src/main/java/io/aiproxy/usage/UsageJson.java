package io.aiproxy.usage;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.Usage;
import java.io.IOException;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/** The fields of {@link Usage} in JSON, with the names that the access log uses. What is zero is left out. */
public enum UsageJson {
    INPUT_TOKENS("input_tokens", Usage::inputTokens),
    OUTPUT_TOKENS("output_tokens", Usage::outputTokens),
    CACHED_INPUT_TOKENS("cached_input_tokens", Usage::cachedInputTokens),
    CACHE_WRITE_TOKENS("cache_write_tokens", Usage::cacheWriteTokens),
    REASONING_TOKENS("reasoning_tokens", Usage::reasoningTokens),
    AUDIO_INPUT_TOKENS("audio_input_tokens", Usage::audioInputTokens),
    AUDIO_OUTPUT_TOKENS("audio_output_tokens", Usage::audioOutputTokens),
    IMAGE_INPUT_TOKENS("image_input_tokens", Usage::imageInputTokens),
    CHARACTERS("characters", Usage::characters),
    SECONDS("seconds", Usage::seconds),
    IMAGES("images", Usage::images);

    private static final UsageJson[] ALL = values();
    private static final Map<String, UsageJson> BY_FIELD = new HashMap<>();

    static {
        for (UsageJson number : ALL) {
            BY_FIELD.put(number.field, number);
        }
    }

    private final String field;

    @SuppressWarnings("ImmutableEnumChecker") // a reference to a record's accessor
    private final ToLongFunction<Usage> number;

    UsageJson(String field, ToLongFunction<Usage> number) {
        this.field = field;
        this.number = number;
    }

    /** The field's name. */
    public String field() {
        return field;
    }

    /** The number itself. */
    public long of(Usage usage) {
        return number.applyAsLong(usage);
    }

    /** Writes the field {@code usage}, or nothing where nothing was used. */
    static void write(Usage usage, JsonGenerator to) throws IOException {
        if (usage.equals(Usage.NONE)) {
            return;
        }
        to.writeObjectFieldStart("usage");
        for (UsageJson number : ALL) {
            long value = number.of(usage);
            if (value != 0) {
                to.writeNumberField(number.field, value);
            }
        }
        to.writeEndObject();
    }

    /** Reads the object that {@link #write} makes; fields that are not known are left out. */
    static Usage read(JsonParser from) throws IOException {
        if (from.currentToken() != JsonToken.START_OBJECT) {
            throw new IOException("\"usage\" must be an object");
        }
        Map<UsageJson, Long> values = new EnumMap<>(UsageJson.class);
        for (String name = from.nextFieldName(); name != null; name = from.nextFieldName()) {
            JsonToken token = from.nextToken();
            UsageJson number = BY_FIELD.get(name);
            if (number == null) {
                from.skipChildren();
            } else if (token == JsonToken.VALUE_NUMBER_INT) {
                values.put(number, from.getLongValue());
            } else {
                throw new IOException("\"" + name + "\" must be a whole number");
            }
        }
        return new Usage(
                values.getOrDefault(INPUT_TOKENS, 0L),
                values.getOrDefault(OUTPUT_TOKENS, 0L),
                values.getOrDefault(CACHED_INPUT_TOKENS, 0L),
                values.getOrDefault(CACHE_WRITE_TOKENS, 0L),
                values.getOrDefault(REASONING_TOKENS, 0L),
                values.getOrDefault(AUDIO_INPUT_TOKENS, 0L),
                values.getOrDefault(AUDIO_OUTPUT_TOKENS, 0L),
                values.getOrDefault(IMAGE_INPUT_TOKENS, 0L),
                values.getOrDefault(CHARACTERS, 0L),
                values.getOrDefault(SECONDS, 0L),
                values.getOrDefault(IMAGES, 0L));
    }
}
