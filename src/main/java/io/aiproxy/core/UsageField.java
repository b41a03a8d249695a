package io.aiproxy.core;

import java.util.Locale;
import java.util.function.ToLongFunction;

/** The numbers of a {@link Usage}, with the names that they have in the access log, in records and in answers. */
public enum UsageField {
    INPUT_TOKENS(Usage::inputTokens),
    OUTPUT_TOKENS(Usage::outputTokens),
    CACHED_INPUT_TOKENS(Usage::cachedInputTokens),
    CACHE_WRITE_TOKENS(Usage::cacheWriteTokens),
    REASONING_TOKENS(Usage::reasoningTokens),
    AUDIO_INPUT_TOKENS(Usage::audioInputTokens),
    AUDIO_OUTPUT_TOKENS(Usage::audioOutputTokens),
    IMAGE_INPUT_TOKENS(Usage::imageInputTokens),
    CHARACTERS(Usage::characters),
    SECONDS(Usage::seconds),
    IMAGES(Usage::images),
    CACHE_WRITE_HOUR_TOKENS(Usage::cacheWriteHourTokens),
    CACHED_AUDIO_INPUT_TOKENS(Usage::cachedAudioInputTokens),
    CACHED_IMAGE_INPUT_TOKENS(Usage::cachedImageInputTokens);

    private final String word = name().toLowerCase(Locale.ROOT);

    @SuppressWarnings("ImmutableEnumChecker") // a reference to a record's accessor
    private final ToLongFunction<Usage> number;

    UsageField(ToLongFunction<Usage> number) {
        this.number = number;
    }

    /** The field's name, e.g. {@code input_tokens}. */
    public String word() {
        return word;
    }

    /** The number itself. */
    public long of(Usage usage) {
        return number.applyAsLong(usage);
    }

    /** The usage that has these numbers. */
    public static Usage usage(ToLongFunction<UsageField> numbers) {
        return new Usage(
                numbers.applyAsLong(INPUT_TOKENS),
                numbers.applyAsLong(OUTPUT_TOKENS),
                numbers.applyAsLong(CACHED_INPUT_TOKENS),
                numbers.applyAsLong(CACHE_WRITE_TOKENS),
                numbers.applyAsLong(REASONING_TOKENS),
                numbers.applyAsLong(AUDIO_INPUT_TOKENS),
                numbers.applyAsLong(AUDIO_OUTPUT_TOKENS),
                numbers.applyAsLong(IMAGE_INPUT_TOKENS),
                numbers.applyAsLong(CHARACTERS),
                numbers.applyAsLong(SECONDS),
                numbers.applyAsLong(IMAGES),
                numbers.applyAsLong(CACHE_WRITE_HOUR_TOKENS),
                numbers.applyAsLong(CACHED_AUDIO_INPUT_TOKENS),
                numbers.applyAsLong(CACHED_IMAGE_INPUT_TOKENS));
    }
}
