package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.Usage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

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
 *       are added to the input; {@code cache_creation} says how much of the latter stays for an hour
 *   <li>OpenAI Realtime tells in {@code cached_tokens_details} what the cached part consists of, Gemini in {@code
 *       cacheTokensDetails}
 *   <li>DashScope's older video models write {@code video_duration} (alibabacloud.com/help/en/model-studio, video generation)
 *   <li>DashScope's embeddings tell nothing but {@code total_tokens}: input
 *   <li>DeepSeek names the cached part of the prompt {@code prompt_cache_hit_tokens}
 *   <li>DashScope's applications list what each of their {@code models} has used (help.aliyun.com/zh/model-studio,
 *       application calling API); here they are added up
 *   <li>DashScope's native API has {@code image_tokens} and {@code audio_tokens} beside {@code input_tokens}, as a part of
 *       it; audio that is more than the input is counted apart
 *   <li>xAI counts {@code reasoning_tokens} apart from {@code completion_tokens}, which shows in the total
 *   <li>Cohere writes {@code tokens: {input_tokens, output_tokens}}
 * </ul>
 *
 * <p>What is negative, no number ({@code null} too), or absurdly large says nothing: what was told before stays. Anthropic's
 * {@code message_delta} may repeat numbers of {@code message_start} as {@code null} (anthropic-java, {@code
 * MessageDeltaUsage}).
 */
final class UsageFields {
    /** Nobody uses so much in one message; a sum of millions of them still fits. */
    private static final double MOST = 1e12;

    /** What is open within the usage object. */
    private enum Part {
        TOP(false),
        INPUT(false),
        OUTPUT(false),
        /** Parts of the cached part of the input. */
        CACHED(false),
        /** What was written to caches, by how long it stays. */
        CACHE_WRITES(false),
        PROMPT_MODALITIES(true),
        CACHED_MODALITIES(true),
        OUTPUT_MODALITIES(true),
        MODELS(true);

        /** Whether it is a list of objects. */
        private final boolean list;

        Part(boolean list) {
            this.list = list;
        }
    }

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
    private long hourWrite;
    private long cachedAudio;
    private long cachedImage;
    private long audioIn;
    private long audioOut;
    private long imageIn;
    private long characters;
    private long seconds;
    private long images;
    private boolean told;

    private int depth;
    private Part part = Part.TOP;
    private boolean audioModality;
    private boolean imageModality;
    private long count;
    private String model = "";

    /** Nothing yet. */
    UsageFields() {}

    /**
     * Reads the object that the parser stands at the beginning of, up to its end. Null when it tells no number: then usage is as
     * little told as without it.
     *
     * @throws IOException when it is malformed
     */
    static @Nullable Usage read(JsonParser parser) throws IOException {
        UsageFields fields = new UsageFields();
        String name = "";
        int open = 1;
        while (open > 0) {
            JsonToken token = parser.nextToken();
            if (token == JsonToken.FIELD_NAME) {
                name = parser.currentName();
            } else if (token.isStructStart()) {
                if (fields.opens(name, token == JsonToken.START_ARRAY)) {
                    open++;
                } else {
                    parser.skipChildren();
                }
            } else if (token.isStructEnd()) {
                open--;
                fields.closes();
            } else if (token.isNumeric()) {
                fields.number(name, parser.getDoubleValue());
            } else if (token == JsonToken.VALUE_STRING && fields.wants(name)) {
                fields.text(name, parser.getText());
            }
        }
        return fields.told ? fields.usage() : null;
    }

    /** A usage object begins. What an earlier one has told stays until this one tells it, too. */
    void begin() {
        depth = 0;
        part = Part.TOP;
    }

    /** An object or array in it begins; whether to look into it. */
    boolean opens(String name, boolean array) {
        if (depth > 0) {
            return element(name, array);
        }
        Part inner = array ? list(name) : details(name);
        if (inner == null) {
            return false;
        }
        part = inner;
        depth = 1;
        return true;
    }

    /** An element of a list, or parts of a part. */
    private boolean element(String name, boolean array) {
        if (depth > 1 || array) {
            return false;
        }
        if (part == Part.INPUT && name.equals("cached_tokens_details")) {
            part = Part.CACHED;
            depth = 2;
            return true;
        }
        if (!part.list) {
            return false;
        }
        depth = 2;
        audioModality = false;
        imageModality = false;
        count = 0;
        return true;
    }

    /** What was opened last, or the usage object itself, ends. */
    void closes() {
        if (depth == 2 && part == Part.CACHED) {
            part = Part.INPUT;
        } else if (depth == 2) {
            modality();
        } else if (depth == 1) {
            part = Part.TOP;
        }
        depth--;
    }

    private static @Nullable Part details(String name) {
        return switch (name) {
            case "input_tokens_details", "input_token_details", "prompt_tokens_details" -> Part.INPUT;
            case "output_tokens_details", "output_token_details", "completion_tokens_details" -> Part.OUTPUT;
            case "cache_creation" -> Part.CACHE_WRITES;
            case "tokens" -> Part.TOP;
            default -> null;
        };
    }

    /** A list that is told again takes the place of the one before. */
    private @Nullable Part list(String name) {
        switch (name) {
            case "promptTokensDetails" -> {
                audioIn = 0;
                imageIn = 0;
                return Part.PROMPT_MODALITIES;
            }
            case "cacheTokensDetails" -> {
                cachedAudio = 0;
                cachedImage = 0;
                return Part.CACHED_MODALITIES;
            }
            case "responseTokensDetails", "candidatesTokensDetails" -> {
                audioOut = 0;
                return Part.OUTPUT_MODALITIES;
            }
            case "models" -> {
                prompt = 0;
                output = 0;
                return Part.MODELS;
            }
            default -> {
                return null;
            }
        }
    }

    /** Whether a string of this name says something. */
    boolean wants(String name) {
        return depth == 2 && (name.equals("modality") || name.equals("model_id"));
    }

    /** A string that is wanted. */
    void text(String name, String value) {
        if (name.equals("model_id")) {
            model = value;
        } else {
            audioModality = value.equalsIgnoreCase("AUDIO");
            imageModality = value.equalsIgnoreCase("IMAGE");
        }
    }

    /** A number, wherever in it. */
    void number(String name, double value) {
        if (!(value >= 0 && value <= MOST)) {
            return;
        }
        long amount = amount(value);
        switch (part) {
            case TOP -> top(name, amount);
            case INPUT -> input(name, amount);
            case OUTPUT -> output(name, amount);
            case CACHED -> cached(name, amount);
            case CACHE_WRITES -> hourWrite = name.equals("ephemeral_1h_input_tokens") ? amount : hourWrite;
            case MODELS -> model(name, amount);
            case PROMPT_MODALITIES, CACHED_MODALITIES, OUTPUT_MODALITIES -> {
                if (depth == 2 && name.equals("tokenCount")) {
                    count = amount;
                }
            }
        }
    }

    /** What a number means that somebody else has written. */
    static long amount(double value) {
        return value > 0 && value <= MOST ? Math.round(value) : 0; // NaN is neither
    }

    /** Whether any number was told. */
    boolean told() {
        return told;
    }

    /** The model that the usage object names itself; empty if none. */
    String model() {
        return model;
    }

    /** Seconds, told elsewhere than in a usage object, which would know better. */
    void secondsToo(long value) {
        told = true;
        seconds = seconds == 0 ? value : seconds;
    }

    /** So much more input, told elsewhere than in a usage object. */
    void moreInput(long value) {
        told = true;
        prompt += value;
    }

    /** Images that were counted, not told. */
    void imagesToo(long counted) {
        told |= counted > 0;
        images = Math.max(images, counted);
    }

    /** What has been told so far. */
    Usage usage() {
        long known = prompt + toolPrompt + cachedApart + cacheWriteApart;
        boolean onlyTotal = known == 0 && output + thoughts == 0;
        boolean reasonedApart = reasoning > 0 && total == known + output + reasoning;
        long heardApart = onlyTotal || audioIn <= known ? 0 : audioIn;
        return new Usage(
                onlyTotal ? total : known + heardApart,
                output + thoughts + (reasonedApart ? reasoning : 0),
                Math.max(cached, cachedApart),
                Math.max(cacheWrite, cacheWriteApart),
                reasoning + thoughts,
                audioIn,
                audioOut,
                imageIn,
                characters,
                seconds,
                images,
                hourWrite,
                cachedAudio,
                cachedImage);
    }

    private void top(String name, long value) {
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
            case "duration", "seconds", "video_duration" -> seconds = value;
            case "image_count" -> images = value;
            case "image_tokens" -> imageIn = value;
            case "audio_tokens" -> audioIn = value;
            default -> {
                return; // what nobody asks for
            }
        }
        told = true;
    }

    private void input(String name, long value) {
        switch (name) {
            case "cached_tokens" -> cached = value;
            case "cache_creation_input_tokens", "cache_write_tokens" -> cacheWrite = value;
            case "audio_tokens" -> audioIn = value;
            case "image_tokens" -> imageIn = value;
            default -> {
                // text is the rest
            }
        }
    }

    private void cached(String name, long value) {
        switch (name) {
            case "audio_tokens" -> cachedAudio = value;
            case "image_tokens" -> cachedImage = value;
            default -> {
                // text is the rest
            }
        }
    }

    private void output(String name, long value) {
        switch (name) {
            case "reasoning_tokens" -> reasoning = value;
            case "audio_tokens" -> audioOut = value;
            default -> {
                // text is the rest
            }
        }
    }

    private void model(String name, long value) {
        switch (name) {
            case "input_tokens" -> prompt += value;
            case "output_tokens" -> output += value;
            default -> {
                return; // a total of the two
            }
        }
        told = true;
    }

    /** Gemini: {@code [{"modality":"AUDIO","tokenCount":42}]}; text, video and documents have no number of their own. */
    private void modality() {
        if (part == Part.PROMPT_MODALITIES) {
            audioIn += audioModality ? count : 0;
            imageIn += imageModality ? count : 0;
        } else if (part == Part.CACHED_MODALITIES) {
            cachedAudio += audioModality ? count : 0;
            cachedImage += imageModality ? count : 0;
        } else if (part == Part.OUTPUT_MODALITIES) {
            audioOut += audioModality ? count : 0;
        }
    }
}
