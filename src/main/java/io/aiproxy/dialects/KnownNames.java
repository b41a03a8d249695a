package io.aiproxy.dialects;

/**
 * The words that answers are searched for, found by their bytes without making a string of them: an event has some fifteen
 * names, and a long stream thousands of events.
 */
final class KnownNames {
    /** Stands for the name of what is in an array. */
    static final String ELEMENT = "[]";
    /** A power of two, several times as many as there are words. */
    private static final int SIZE = 512;

    private static final String[] TABLE = new String[SIZE];

    static {
        add("model modelVersion model_id type object usage usageMetadata message response x_groq meta tokens models");
        add("prompt_tokens input_tokens promptTokenCount toolUsePromptTokenCount output_tokens completion_tokens");
        add("responseTokenCount candidatesTokenCount thoughtsTokenCount cachedContentTokenCount total_tokens");
        add("totalTokenCount prompt_cache_hit_tokens cache_read_input_tokens cache_creation_input_tokens");
        add("input_tokens_details input_token_details prompt_tokens_details output_tokens_details");
        add("output_token_details completion_tokens_details cached_tokens cache_write_tokens audio_tokens");
        add("image_tokens reasoning_tokens promptTokensDetails responseTokensDetails candidatesTokensDetails");
        add("cached_tokens_details cacheTokensDetails cache_creation ephemeral_1h_input_tokens");
        add("modality tokenCount characters duration seconds video_duration image_count AUDIO IMAGE");
        add("choices candidates output content delta completion parts summary audio function function_call");
        add("functionCall tool_calls executableCode text reasoning_content reasoning refusal arguments transcript");
        add("thinking partial_json code input args finish_reason finishReason stop_reason null");
        add("error");
        add("data predictions embeddings statistics token_count bytesBase64Encoded");
        add("message_stop response.completed response.incomplete response.failed message-end");
        add("response.audio.delta response.output_audio.delta image_generation.completed image_edit.completed");
    }

    private KnownNames() {}

    private static void add(String words) {
        for (String word : words.split(" ", -1)) {
            int at = place(
                    word.charAt(0), word.charAt(word.length() / 2), word.charAt(word.length() - 1), word.length());
            while (TABLE[at] != null) {
                at = at + 1 & SIZE - 1;
            }
            TABLE[at] = word;
        }
    }

    private static int place(int first, int middle, int last, int length) {
        return (((first * 31 + middle) * 31 + last) * 31 + length) & SIZE - 1;
    }

    /** The word that is written so, always the same object; empty if it is none of these. */
    static String of(byte[] bytes, int length) {
        if (length == 0) {
            return "";
        }
        int at = place(bytes[0], bytes[length / 2], bytes[length - 1], length);
        String word = TABLE[at];
        while (word != null) {
            if (same(word, bytes, length)) {
                return word;
            }
            at = at + 1 & SIZE - 1;
            word = TABLE[at];
        }
        return "";
    }

    /** Whether these bytes are that word, of ASCII alone. */
    static boolean same(String word, byte[] bytes, int length) {
        if (word.length() != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (word.charAt(i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
