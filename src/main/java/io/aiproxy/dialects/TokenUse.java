package io.aiproxy.dialects;

/** Which calls use tokens of a model, and are told of it in their answer. */
public final class TokenUse {
    private TokenUse() {}

    /**
     * Whether a call uses tokens whose number its answer tells, or that can be estimated from text. What works on files, tasks
     * and batches uses none at the moment; speech, images and videos are measured in other units.
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
                    "apps" -> true;
            // beside the collection, changes of what is stored
            case "chat" -> template.endsWith("/completions");
            case "responses" -> template.equals("/v1/responses") || template.equals("/v1/responses/compact");
            default -> false;
        };
    }
}
