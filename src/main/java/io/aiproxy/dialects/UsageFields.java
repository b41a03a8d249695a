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
 * </ul>
 *
 * <p>What is negative, no number, or absurdly large counts as nothing.
 */
final class UsageFields {
    /** Nobody uses so much in one message; a sum of millions of them still fits. */
    private static final double MOST = 1e12;

    private long prompt;
    private long toolPrompt;
    private long output;
    private long thoughts;
    private long reasoning;
    private long cached;
    private long cacheWrite;
    private long audioIn;
    private long audioOut;
    private long imageIn;
    private long characters;
    private long seconds;

    private UsageFields() {}

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

    private Usage usage() {
        return new Usage(
                prompt + toolPrompt,
                output + thoughts,
                cached,
                cacheWrite,
                reasoning + thoughts,
                audioIn,
                audioOut,
                imageIn,
                characters,
                seconds);
    }

    private static long number(JsonParser parser) throws IOException {
        if (!parser.currentToken().isNumeric()) {
            return 0;
        }
        double value = parser.getDoubleValue();
        return value > 0 && value <= MOST ? Math.round(value) : 0; // NaN is neither
    }

    private void number(String name, long value) {
        switch (name) {
            case "input_tokens", "prompt_tokens", "promptTokenCount" -> prompt = value;
            case "toolUsePromptTokenCount" -> toolPrompt = value;
            case "output_tokens", "completion_tokens", "responseTokenCount", "candidatesTokenCount" -> output = value;
            case "thoughtsTokenCount" -> thoughts = value;
            case "cachedContentTokenCount" -> cached = value;
            case "characters" -> characters = value;
            case "duration", "seconds" -> seconds = value;
            default -> {
                // totals and what nobody asks for
            }
        }
    }

    private void details(String name, JsonParser parser) throws IOException {
        boolean in = name.equals("input_tokens_details")
                || name.equals("input_token_details")
                || name.equals("prompt_tokens_details");
        boolean out = name.equals("output_tokens_details")
                || name.equals("output_token_details")
                || name.equals("completion_tokens_details");
        if (!in && !out) {
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
            case "cache_creation_input_tokens" -> cacheWrite = value;
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

    /** Gemini: {@code [{"modality":"AUDIO","tokenCount":42}]}. */
    private void modalities(String name, JsonParser parser) throws IOException {
        boolean in = name.equals("promptTokensDetails");
        boolean out = name.equals("responseTokensDetails") || name.equals("candidatesTokensDetails");
        if (!in && !out) {
            parser.skipChildren();
            return;
        }
        JsonToken token = parser.nextToken();
        while (token != JsonToken.END_ARRAY && token != null) {
            if (token == JsonToken.START_OBJECT) {
                modality(in, parser);
            } else {
                parser.skipChildren();
            }
            token = parser.nextToken();
        }
    }

    private void modality(boolean in, JsonParser parser) throws IOException {
        String modality = "";
        long count = 0;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("modality") && value == JsonToken.VALUE_STRING) {
                modality = parser.getText().toUpperCase(Locale.ROOT);
            } else if (name.equals("tokenCount")) {
                count = number(parser);
            }
            parser.skipChildren();
        }
        switch (modality) {
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
