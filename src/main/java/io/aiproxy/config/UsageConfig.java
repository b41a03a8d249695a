package io.aiproxy.config;

import java.time.Duration;
import java.util.Map;

/**
 * How a channel's usage is learned, {@code usage:} of a channel.
 *
 * @param includeUsage whether {@code stream_options: {include_usage: true}} is added to streamed chat and completions calls
 *     that leave it out; what the channel then sends in addition, the caller does not get. Default: true where the dialect
 *     is openai
 * @param onDisconnect what happens when the caller leaves before the end
 * @param drainTime with {@code drain}, at most so long. Default: 30s
 * @param drainBytes with {@code drain}, at most so many bytes. Default: 4MiB
 * @param pointers where usage stands in the channel's JSON answers and events, if it is no known form: name of a number
 *     ({@code input}, {@code output}, {@code cached_input}, {@code cache_write}, {@code reasoning}, {@code images},
 *     {@code seconds}, {@code characters}) to JSON pointer, e.g. {@code {input: /meta/tokens/in}}. Default: none
 */
public record UsageConfig(
        boolean includeUsage,
        OnDisconnect onDisconnect,
        Duration drainTime,
        long drainBytes,
        Map<String, String> pointers) {
    /** What becomes of the channel's answer when nobody reads it any more. */
    public enum OnDisconnect {
        /** It is cancelled, so that the provider stops working (default). */
        CANCEL,
        /** It is read to its end, to learn what it has used. */
        DRAIN
    }

    /** What holds where nothing is said, for a channel that speaks like OpenAI or does not. */
    public static UsageConfig defaults(boolean openAi) {
        return new UsageConfig(openAi, OnDisconnect.CANCEL, Duration.ofSeconds(30), 4 << 20, Map.of());
    }
}
