package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.Usage;
import java.io.IOException;
import java.util.Locale;

/**
 * Reads one usage object in the words of any provider; the words do not contradict each other.
 *
 * <ul>
 *   <li>OpenAI Realtime writes {@code input_token_details} and {@code output_token_details}, Responses and DashScope write
 *       {@code input_tokens_details} and {@code output_tokens_details} (openai-java 4.13, {@code
 *       RealtimeResponseUsage} and {@code ResponseUsage}); transcriptions have the same fields or {@code seconds}
 *   <li>DashScope adds {@code characters} (CosyVoice) and {@code duration} in seconds (Paraformer)
 *   <li>Gemini counts thoughts ({@code thoughtsTokenCount}) apart from {@code responseTokenCount}, and what tools said
 *       ({@code toolUsePromptTokenCount}) apart from {@code promptTokenCount} (ai.google.dev/api/live#usagemetadata); here
 *       they are added to output and input
 *   <li>Anthropic counts what was read from the cache ({@code cache_read_input_tokens}) and written to it ({@code
 *       cache_creation_input_tokens}) apart from {@code input_tokens} (platform.claude.com/docs, prompt caching); here they
 *       are added to the input
 *   <li>DashScope's embeddings tell nothing but {@code total_tokens}: input
 *   <li>DeepSeek names the cached part of the prompt {@code prompt_cache_hit_tokens}
 * </ul>
 *
 * <p>What is negative, no number, or absurdly large counts as nothing.
 */
final class UsageFields {
    /** Nobody uses so much in one message; a sum of millions of them still fits. */
    private static final double MOST = 1e12;

    private static final String PROMPT_DETAILS = "promptTokensDetails";

    private long prompt;
    private long toolPrompt;
    private long output;
    private long thoughts;
    private long reasoning;
    private long cached;
    private long cacheWrite;
    private long cachedApart;
    private long cacheWriteApart;
    private long total;
    private long audioIn;
    private long audioOut;
    private long imageIn;
    private long characters;
    private long seconds;
    private long images;

    /** Nothing yet. */
    UsageFields() {}

    /**
     * Reads the object that the parser stands at the beginning of, up to its end.
     *
     * @throws IOException when it is malformed
     */
    static Usage read(JsonParser parser) throws IOException {
        UsageFields fields = new UsageFields();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.START_OBJECT) {
                fields.details(name, parser);
            } else if (value == JsonToken.START_ARRAY) {
                fields.modalities(name, parser);
            } else {
                fields.number(name, number(parser));
            }
        }
        return fields.usage();
    }

    /** What has been told so far. */
    Usage usage() {
        long told = prompt + toolPrompt + cachedApart + cacheWriteApart;
        boolean onlyTotal = told == 0 && output + thoughts == 0;
        return new Usage(
                onlyTotal ? total : told,
                output + thoughts,
                Math.max(cached, cachedApart),
                Math.max(cacheWrite, cacheWriteApart),
                reasoning + thoughts,
                audioIn,
                audioOut,
                imageIn,
                characters,
                seconds,
                images);
    }

    /** The number that the parser stands at; 0 when it is none. */
    static long number(JsonParser parser) throws IOException {
        if (!parser.currentToken().isNumeric()) {
            return 0;
        }
        double value = parser.getDoubleValue();
        return value > 0 && value <= MOST ? Math.round(value) : 0; // NaN is neither
    }

    /** A number directly in the usage object. */
    void number(String name, long value) {
        switch (name) {
            case "input_tokens", "prompt_tokens", "promptTokenCount" -> prompt = value;
            case "toolUsePromptTokenCount" -> toolPrompt = value;
            case "output_tokens", "completion_tokens", "responseTokenCount", "candidatesTokenCount" -> output = value;
            case "thoughtsTokenCount" -> thoughts = value;
            case "cachedContentTokenCount", "prompt_cache_hit_tokens" -> cached = value;
            case "cache_read_input_tokens" -> cachedApart = value;
            case "cache_creation_input_tokens" -> cacheWriteApart = value;
            case "total_tokens", "totalTokenCount" -> total = value;
            case "characters" -> characters = value;
            case "duration", "seconds" -> seconds = value;
            case "image_count" -> images = value;
            default -> {
                // what nobody asks for
            }
        }
    }

    private static boolean isInput(String name) {
        return name.equals("input_tokens_details")
                || name.equals("input_token_details")
                || name.equals("prompt_tokens_details");
    }

    private static boolean isOutput(String name) {
        return name.equals("output_tokens_details")
                || name.equals("output_token_details")
                || name.equals("completion_tokens_details");
    }

    /** A number in one of the objects in the usage object. */
    void detail(String owner, String part, long value) {
        if (isInput(owner)) {
            input(part, value);
        } else if (isOutput(owner)) {
            output(part, value);
        }
    }

    private void details(String name, JsonParser parser) throws IOException {
        boolean in = isInput(name);
        if (!in && !isOutput(name)) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String part = parser.currentName();
            if (parser.nextToken().isStructStart()) {
                parser.skipChildren(); // cached_tokens_details: parts of a part
            } else if (in) {
                input(part, number(parser));
            } else {
                output(part, number(parser));
            }
        }
    }

    private void input(String part, long value) {
        switch (part) {
            case "cached_tokens" -> cached = value;
            case "cache_creation_input_tokens", "cache_write_tokens" -> cacheWrite = value;
            case "audio_tokens" -> audioIn = value;
            case "image_tokens" -> imageIn = value;
            default -> {
                // text is the rest
            }
        }
    }

    private void output(String part, long value) {
        switch (part) {
            case "reasoning_tokens" -> reasoning = value;
            case "audio_tokens" -> audioOut = value;
            default -> {
                // text is the rest
            }
        }
    }

    /** A list that is told again takes the place of the one before. */
    void modalitiesAgain(String owner) {
        if (owner.equals(PROMPT_DETAILS)) {
            audioIn = 0;
            imageIn = 0;
        } else if (isOutputModalities(owner)) {
            audioOut = 0;
        }
    }

    private static boolean isOutputModalities(String name) {
        return name.equals("responseTokensDetails") || name.equals("candidatesTokensDetails");
    }

    /** Gemini: {@code [{"modality":"AUDIO","tokenCount":42}]}. */
    private void modalities(String name, JsonParser parser) throws IOException {
        if (!name.equals(PROMPT_DETAILS) && !isOutputModalities(name)) {
            parser.skipChildren();
            return;
        }
        JsonToken token = parser.nextToken();
        while (token != JsonToken.END_ARRAY && token != null) {
            if (token == JsonToken.START_OBJECT) {
                modality(name, parser);
            } else {
                parser.skipChildren();
            }
            token = parser.nextToken();
        }
    }

    private void modality(String owner, JsonParser parser) throws IOException {
        String modality = "";
        long count = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("modality") && value == JsonToken.VALUE_STRING) {
                modality = parser.getText();
            } else if (name.equals("tokenCount")) {
                count = number(parser);
            }
            parser.skipChildren();
        }
        modality(owner, modality, count);
    }

    /** One element of a list in the usage object. */
    void modality(String owner, String modality, long count) {
        boolean in = owner.equals(PROMPT_DETAILS);
        if (!in && !isOutputModalities(owner)) {
            return;
        }
        switch (modality.toUpperCase(Locale.ROOT)) {
            case "AUDIO" -> audio(in, count);
            case "IMAGE" -> imageIn += in ? count : 0;
            default -> {
                // text, video and documents have no number of their own
            }
        }
    }

    private void audio(boolean in, long count) {
        if (in) {
            audioIn += count;
        } else {
            audioOut += count;
        }
    }
}
