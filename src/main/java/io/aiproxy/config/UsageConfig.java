package io.aiproxy.config;

import java.time.Duration;
import java.util.Map;

/**
 * How a channel's usage is learned, {@code usage:} of a channel.
 *
 * @param includeUsage whether {@code stream_options: {include_usage: true}} is added to streamed chat and completions calls
 *     of OpenAI's kind that leave it out; what the channel then sends in addition, the caller does not get. Default: true, but
 *     false where the dialect is generic
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

    /**
     * What holds where nothing is said. All known providers understand {@code include_usage} where they speak like OpenAI:
     * DashScope's compatible mode, Gemini's and Anthropic's compatible paths too.
     *
     * @param known whether the provider is of a known kind
     */
    public static UsageConfig defaults(boolean known) {
        return new UsageConfig(known, OnDisconnect.CANCEL, Duration.ofSeconds(30), 4 << 20, Map.of());
    }
}
