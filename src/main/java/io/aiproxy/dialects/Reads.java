package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;

/** What there is to read in an answer beside usage and model. */
enum Reads {
    /** The text that a model writes. */
    TEXT,
    /** The same of DashScope's native API, whose events may each repeat what was before. */
    REPEATED_TEXT,
    /** Images, which are counted. */
    IMAGES,
    /** How long what was heard is. */
    SOUND,
    /** What rerankers tell beside their ranks. */
    RANKS,
    /** Vertex's answer to {@code predict}: vectors with a count of tokens each, or images. */
    PREDICTIONS,
    /** Nothing. */
    NOTHING;

    static Reads of(Spoken spoken) {
        boolean dashScope = spoken.dialect() == Dialect.DASHSCOPE;
        return switch (spoken.operation()) {
            case "chat",
                    "completions",
                    "responses",
                    "messages",
                    "complete",
                    "generate_content",
                    "stream_generate_content",
                    "raw_predict",
                    "stream_raw_predict" -> TEXT;
            case "text-generation", "multimodal-generation" -> REPEATED_TEXT;
            case "apps" -> dashScope ? REPEATED_TEXT : NOTHING;
            case "images" -> IMAGES;
            case "audio.transcriptions", "audio.translations" -> SOUND;
            case "rerank", "text-rerank" -> RANKS;
            case "predict" -> PREDICTIONS;
            default -> NOTHING;
        };
    }

    /** Whether a model writes text, which can be counted where usage is not told. */
    boolean text() {
        return this == TEXT || this == REPEATED_TEXT;
    }
}
