package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;
import org.jspecify.annotations.Nullable;

/** The paths of OpenAI's API behind {@code /v1}; names from openai-java 4.13's service classes. */
final class OpenAiPaths {
    private OpenAiPaths() {}

    /** Reads from segment {@code i}; null when it is no word of this API. */
    static @Nullable SpokenPath read(PathWords words, int i) {
        String word = words.text(i);
        return switch (word) {
            case "chat" -> words.is(i + 1, "completions") ? certain("chat", words, i) : null;
            case "completions",
                    "responses",
                    "embeddings",
                    "moderations",
                    "fine_tuning",
                    "assistants",
                    "threads",
                    "vector_stores",
                    "conversations",
                    "containers",
                    "videos",
                    "images",
                    "evals" -> certain(word, words, i);
            case "audio" -> certain(audio(words, i + 1), words, i);
            case "realtime" -> certain(realtime(words, i + 1), words, i);
            // Azure's preview: /openai/realtimeapi/sessions
            case "realtimeapi" -> words.is(i + 1, "sessions") ? certain("realtime.sessions", words, i) : null;
            case "rerank", "reranks" -> certain("rerank", words, i);
            case "models" -> model(words, i);
            // DashScope has /api/v1/uploads
            case "uploads" ->
                words.is(i - 2, "api") ? SpokenPath.maybe(Dialect.OPENAI, word, words, i) : certain(word, words, i);
            case "files", "batches", "skills" -> SpokenPath.maybe(Dialect.OPENAI, word, words, i);
            default -> null;
        };
    }

    private static SpokenPath certain(String operation, PathWords words, int i) {
        return SpokenPath.found(Dialect.OPENAI, operation, words, i);
    }

    private static SpokenPath model(PathWords words, int i) {
        SpokenPath path = SpokenPath.maybe(Dialect.OPENAI, "models", words, i);
        return words.has(i + 1) ? path.model(i + 1, words.to(i + 1)) : path;
    }

    private static String audio(PathWords words, int i) {
        return switch (words.text(i)) {
            case "speech" -> "audio.speech";
            case "transcriptions" -> "audio.transcriptions";
            case "translations" -> "audio.translations";
            default -> "audio";
        };
    }

    private static String realtime(PathWords words, int i) {
        return switch (words.text(i)) {
            case "calls" -> "realtime.calls";
            case "client_secrets" -> "realtime.client_secrets";
            case "sessions", "transcription_sessions" -> "realtime.sessions";
            default -> "realtime";
        };
    }
}
