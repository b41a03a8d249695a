package io.aiproxy.telemetry;

import io.aiproxy.core.Usage;
import java.nio.charset.StandardCharsets;
import java.util.function.ToLongFunction;

/**
 * What lines of the access log say of {@link Usage}: in JSON an object {@code usage} with the members below, in the plain
 * format a pair {@code usage_…} for each of them. What is zero is left out, and with it the object if nothing remains.
 */
enum UsageFields {
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

    /** Bytes that all of them take at most, in either format. */
    static final int LONGEST = 660;

    /** Asked once: every call of {@code values()} makes a copy. */
    private static final UsageFields[] ALL = values();

    private static final byte[] OBJECT = ascii(",\"usage\":{");

    @SuppressWarnings("ImmutableEnumChecker") // written once, below
    private final byte[] jsonKey;

    @SuppressWarnings("ImmutableEnumChecker") // written once, below
    private final byte[] plainKey;

    @SuppressWarnings("ImmutableEnumChecker") // a reference to a record's accessor
    private final ToLongFunction<Usage> number;

    UsageFields(String name, ToLongFunction<Usage> number) {
        this.jsonKey = ascii("\"" + name + "\":");
        this.plainKey = ascii(" usage_" + name + "=");
        this.number = number;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Appends the object as a member of one that has others before it. */
    static void json(Usage usage, LineBytes to) {
        boolean begun = false;
        for (UsageFields field : ALL) {
            long value = field.number.applyAsLong(usage);
            if (value > 0) {
                if (begun) {
                    to.put(',');
                } else {
                    to.put(OBJECT);
                    begun = true;
                }
                to.put(field.jsonKey);
                to.number(value);
            }
        }
        if (begun) {
            to.put('}');
        }
    }

    /** Appends the pairs. */
    static void plain(Usage usage, LineBytes to) {
        for (UsageFields field : ALL) {
            long value = field.number.applyAsLong(usage);
            if (value > 0) {
                to.put(field.plainKey);
                to.number(value);
            }
        }
    }
}
