package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;

/**
 * The paths of Google's APIs: Gemini ({@code /v1beta/models/{m}:generateContent}) and Vertex
 * ({@code /v1/projects/{p}/locations/{l}/publishers/{who}/models/{m}:generateContent}), which write the operation behind
 * a colon, and the collections beside them.
 */
final class GooglePaths {
    private GooglePaths() {}

    /** Whether what begins at segment {@code i}, behind a plain version, is a path that only Google has. */
    static boolean claims(PathWords words, int i) {
        return words.is(i, "projects")
                || words.is(i, "publishers")
                || words.is(i, "operations")
                || words.is(i, "cachedContents")
                || words.is(i, "tunedModels")
                || words.is(i - 2, "upload")
                || verb(words, i);
    }

    /** Whether segments {@code i} and {@code i + 1} are {@code models/{m}:{a verb of Google's}}. */
    static boolean verb(PathWords words, int i) {
        int colon = words.is(i, "models") || words.is(i, "tunedModels") ? words.colon(i + 1) : -1;
        return colon > 0 && !operation(words.behind(colon, i + 1)).equals(SpokenPath.OTHER);
    }

    /** Reads from segment {@code i}, the first one behind the version. */
    static SpokenPath read(PathWords words, int i) {
        if (words.is(i - 2, "upload")) {
            return SpokenPath.found(Dialect.GOOGLE, "upload", words, i);
        }
        int model = modelAt(words, i);
        int last = words.count() - 1;
        int colon = words.colon(last);
        String operation = colon < 0 ? SpokenPath.OTHER : operation(words.behind(colon, last));
        if (operation.equals(SpokenPath.OTHER)) {
            return collection(words, i, model);
        }
        SpokenPath path = claude(words, model, operation)
                ? SpokenPath.found(Dialect.ANTHROPIC, messages(words, model), words, i)
                : SpokenPath.found(Dialect.GOOGLE, operation, words, i);
        return model < 0 ? path : path.model(model, model == last ? colon : words.to(model));
    }

    /** Claude at Vertex is spoken to in Anthropic's words, by Anthropic's SDKs, in an envelope of Google's. */
    private static boolean claude(PathWords words, int model, String operation) {
        return (operation.equals("raw_predict") || operation.equals("stream_raw_predict"))
                && words.is(model - 2, "anthropic");
    }

    private static String messages(PathWords words, int model) {
        return words.startsWith(model, "count-tokens:") ? "messages.count_tokens" : "messages";
    }

    private static int modelAt(PathWords words, int from) {
        for (int i = from; i + 1 < words.count(); i++) {
            if (words.is(i, "models") || words.is(i, "tunedModels") || words.is(i, "endpoints")) {
                return i + 1;
            }
        }
        return -1;
    }

    private static SpokenPath collection(PathWords words, int from, int model) {
        for (int i = words.count() - 1; i >= from; i--) {
            // Vertex and its OpenAI-compatible side: /v1/projects/…/endpoints/openapi/chat/completions
            if (words.is(i, "openapi") && words.is(i - 1, "endpoints")) {
                SpokenPath path = OpenAiPaths.read(words, i + 1);
                return SpokenPath.found(
                        Dialect.OPENAI, path == null ? SpokenPath.OTHER : path.operation(), words, i + 1);
            }
        }
        String operation = SpokenPath.OTHER;
        for (int i = words.count() - 1; i >= from && operation.equals(SpokenPath.OTHER); i--) {
            operation = collection(words.text(i));
        }
        SpokenPath path = SpokenPath.found(Dialect.GOOGLE, operation, words, from);
        return operation.equals("models") && model >= 0 ? path.model(model, words.to(model)) : path;
    }

    private static String collection(String word) {
        return switch (word) {
            case "operations" -> "operations";
            case "cachedContents" -> "cached_contents";
            case "files" -> "files";
            case "batches" -> "batches";
            case "fileSearchStores" -> "file_search_stores";
            case "tunedModels" -> "tuned_models";
            case "models" -> "models";
            default -> SpokenPath.OTHER;
        };
    }

    private static String operation(String verb) {
        return switch (verb) {
            case "generateContent" -> "generate_content";
            case "streamGenerateContent" -> "stream_generate_content";
            case "embedContent", "batchEmbedContents", "asyncBatchEmbedContent" -> "embed_content";
            case "countTokens", "computeTokens" -> "count_tokens";
            case "predict" -> "predict";
            case "predictLongRunning" -> "predict_long_running";
            case "fetchPredictOperation" -> "fetch_predict_operation";
            case "batchGenerateContent" -> "batch_generate_content";
            case "rawPredict" -> "raw_predict";
            case "streamRawPredict" -> "stream_raw_predict";
            case "uploadToFileSearchStore", "importFile" -> "file_search_stores";
            default -> SpokenPath.OTHER;
        };
    }
}
