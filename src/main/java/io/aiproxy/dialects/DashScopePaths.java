package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;
import org.jspecify.annotations.Nullable;

/** The native paths of DashScope: {@code /api/v1/services/{group}/{task}/{function}} and what stands beside it. */
final class DashScopePaths {
    private DashScopePaths() {}

    /**
     * Reads from segment {@code i}, behind {@code /api/v1}; null when it is no word that only this API has (others also
     * put {@code /api/v1} before OpenAI's paths).
     */
    static @Nullable SpokenPath read(PathWords words, int i) {
        String word = words.text(i);
        return switch (word) {
            case "services" -> SpokenPath.found(Dialect.DASHSCOPE, service(words, i + 1), words, i);
            case "tasks", "apps", "deployments", "fine-tunes", "indices" ->
                SpokenPath.found(Dialect.DASHSCOPE, word, words, i);
            case "tokenizer" -> SpokenPath.found(Dialect.DASHSCOPE, "tokenizer", words, i);
            default -> null;
        };
    }

    /** Reads from segment {@code i}, behind {@code /api-ws/v1}. */
    static SpokenPath socket(PathWords words, int i) {
        String operation =
                switch (words.text(i)) {
                    case "inference" -> "inference";
                    case "realtime" -> "realtime";
                    default -> SpokenPath.OTHER;
                };
        return SpokenPath.found(Dialect.DASHSCOPE, operation, words, i);
    }

    private static String service(PathWords words, int from) {
        for (int i = from; i < words.count(); i++) {
            String known = service(words.text(i));
            if (!known.equals(SpokenPath.OTHER)) {
                return known;
            }
        }
        return SpokenPath.OTHER;
    }

    private static String service(String word) {
        return switch (word) {
            case "text-generation",
                    "multimodal-generation",
                    "image-generation",
                    "image-synthesis",
                    "video-synthesis",
                    "text-embedding",
                    "multimodal-embedding",
                    "text-rerank",
                    "out-painting",
                    "background-generation" -> word;
            case "asr" -> "audio.transcriptions";
            case "tts" -> "audio.speech";
            default -> SpokenPath.OTHER;
        };
    }
}
