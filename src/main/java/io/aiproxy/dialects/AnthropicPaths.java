package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;

/** The paths of Anthropic's API behind {@code /v1}. */
final class AnthropicPaths {
    private AnthropicPaths() {}

    /** Whether segment {@code i} is a word that only this API has. */
    static boolean claims(PathWords words, int i) {
        return words.is(i, "messages") || words.is(i, "complete");
    }

    /** Reads from segment {@code i}. */
    static SpokenPath read(PathWords words, int i) {
        String operation =
                switch (words.text(i)) {
                    case "messages" -> messages(words, i + 1);
                    case "complete" -> "complete";
                    case "models" -> "models";
                    case "files" -> "files";
                    case "skills" -> "skills";
                    default -> SpokenPath.OTHER;
                };
        SpokenPath path = SpokenPath.found(Dialect.ANTHROPIC, operation, words, words.has(i) ? i : -1);
        return operation.equals("models") && words.has(i + 1) ? path.model(i + 1, words.to(i + 1)) : path;
    }

    private static String messages(PathWords words, int i) {
        return switch (words.text(i)) {
            case "count_tokens" -> "messages.count_tokens";
            case "batches" -> "messages.batches";
            default -> "messages";
        };
    }
}
