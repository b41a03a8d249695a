package io.aiproxy.dialects;

/** Which calls use something that their answer tells, or that can be estimated from what was said. */
public final class TokenUse {
    private TokenUse() {}

    /**
     * Whether a call asks for nothing but how many tokens a text has: the number in its answer was not used.
     *
     * @param operation of {@link Dialects#recognise}
     * @param template of {@link Dialects#recognise}
     */
    public static boolean onlyCounts(String operation, String template) {
        return switch (operation) {
            case "messages.count_tokens", "count_tokens", "tokenizer" -> true;
            default -> template.equals("/v1/responses/input_tokens");
        };
    }

    /**
     * Whether a call lets a model read, write or speak text at once, or write down what it hears. What works on files, tasks
     * and batches uses nothing at the moment; what images and videos use cannot be told from text.
     *
     * @param operation of {@link Dialects#recognise}
     * @param template of {@link Dialects#recognise}
     */
    public static boolean of(String method, String operation, String template) {
        if (!method.equals("POST")) {
            return false;
        }
        return switch (operation) {
            case "completions",
                    "messages",
                    "complete",
                    "generate_content",
                    "stream_generate_content",
                    "raw_predict",
                    "stream_raw_predict",
                    "text-generation",
                    "multimodal-generation",
                    "embeddings",
                    "embed_content",
                    "text-embedding",
                    "multimodal-embedding",
                    "rerank",
                    "text-rerank",
                    "audio.speech",
                    "audio.transcriptions",
                    "audio.translations",
                    "apps" -> true;
            // beside the collection, changes of what is stored
            case "chat" -> template.endsWith("/completions");
            case "responses" -> template.equals("/v1/responses") || template.equals("/v1/responses/compact");
            default -> false;
        };
    }
}
