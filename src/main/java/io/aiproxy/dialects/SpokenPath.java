package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;
import org.jspecify.annotations.Nullable;

/**
 * What a path alone says.
 *
 * @param dialect the API family that has such a path
 * @param operation the operation, of a fixed set
 * @param certain whether no other API has such a path; otherwise headers may know better
 * @param words the path
 * @param at index of the segment with which the known part begins (behind the version); -1 when nothing is known
 * @param modelAt index of the segment that names the model; -1 when none does
 * @param modelEnd offset behind the model's name in the target
 */
record SpokenPath(
        Dialect dialect, String operation, boolean certain, PathWords words, int at, int modelAt, int modelEnd) {
    static final String OTHER = "other";

    static SpokenPath found(Dialect dialect, String operation, PathWords words, int at) {
        return new SpokenPath(dialect, operation, true, words, at, -1, -1);
    }

    static SpokenPath maybe(Dialect dialect, String operation, PathWords words, int at) {
        return new SpokenPath(dialect, operation, false, words, at, -1, -1);
    }

    /** The same with a model in segment {@code i} up to {@code end}. */
    SpokenPath model(int i, int end) {
        return new SpokenPath(dialect, operation, certain, words, at, i, end);
    }

    /** The model named by the path, percent-decoded; empty when there is none. */
    String model() {
        return modelAt < 0 ? "" : words.decoded(modelAt, modelEnd);
    }

    /** Whether a model may stand in the query: of a realtime socket, or of a call whose body is SDP. */
    boolean queryNamesModel() {
        return operation.equals("realtime") || operation.equals("realtime.calls");
    }

    /**
     * Reads a target. Versions and prefixes that an API is known by are looked for first, over the whole path, and bare
     * words ({@code /chat/completions}) only afterwards: a channel may be called {@code files}.
     */
    static SpokenPath of(String target) {
        PathWords words = PathWords.of(target);
        for (int i = 0; i < words.count(); i++) {
            SpokenPath path = anchored(words, i);
            if (path != null) {
                return path;
            }
        }
        for (int i = 0; i < words.count(); i++) {
            SpokenPath path = bare(words, i);
            if (path != null) {
                return path;
            }
        }
        return maybe(Dialect.GENERIC, OTHER, words, -1);
    }

    private static @Nullable SpokenPath anchored(PathWords words, int i) {
        if (words.previewVersion(i)) {
            return words.is(i + 1, "openai")
                    ? orOther(OpenAiPaths.read(words, unversioned(words, i + 2)), Dialect.OPENAI, words)
                    : GooglePaths.read(words, i + 1);
        }
        if (words.version(i)) {
            return versioned(words, i + 1);
        }
        if (words.is(i, "compatible-mode") || words.is(i, "compatible-api")) {
            return orOther(OpenAiPaths.read(words, unversioned(words, i + 1)), Dialect.OPENAI, words);
        }
        if (words.is(i, "apps") && words.is(i + 1, "anthropic")) {
            return AnthropicPaths.read(words, unversioned(words, i + 2));
        }
        if (words.is(i, "openai")) {
            return azure(words, i + 1);
        }
        if (words.is(i, "api") && words.is(i + 1, "v1")) {
            return DashScopePaths.read(words, i + 2);
        }
        if (words.is(i, "api-ws")) {
            return DashScopePaths.socket(words, unversioned(words, i + 1));
        }
        // The Live API: wss://…/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent
        if (words.is(i, "ws") && words.startsWith(i + 1, "google.")) {
            return found(Dialect.GOOGLE, "live", words, i + 1);
        }
        return null;
    }

    private static @Nullable SpokenPath versioned(PathWords words, int i) {
        if (GooglePaths.claims(words, i)) {
            return GooglePaths.read(words, i);
        }
        if (AnthropicPaths.claims(words, i)) {
            return AnthropicPaths.read(words, i);
        }
        return OpenAiPaths.read(words, i);
    }

    /** Azure: {@code /openai/deployments/{deployment}/chat/completions} or {@code /openai/v1/…}. */
    private static @Nullable SpokenPath azure(PathWords words, int i) {
        if (words.is(i, "deployments") && words.has(i + 1)) {
            return orOther(OpenAiPaths.read(words, i + 2), Dialect.OPENAI, words)
                    .model(i + 1, words.to(i + 1));
        }
        int at = unversioned(words, i);
        return AnthropicPaths.claims(words, at) ? AnthropicPaths.read(words, at) : OpenAiPaths.read(words, at);
    }

    private static @Nullable SpokenPath bare(PathWords words, int i) {
        if (GooglePaths.verb(words, i)) {
            return GooglePaths.read(words, i);
        }
        if (words.is(i, "messages") && i <= 1) {
            return AnthropicPaths.read(words, i);
        }
        SpokenPath path = OpenAiPaths.read(words, i);
        // "models" or "files" somewhere deep in an unknown path are not OpenAI's
        return path != null && (path.certain || i <= 1) ? path : null;
    }

    private static SpokenPath orOther(@Nullable SpokenPath path, Dialect dialect, PathWords words) {
        return path == null
                ? found(dialect, OTHER, words, -1)
                : new SpokenPath(dialect, path.operation, true, words, path.at, path.modelAt, path.modelEnd);
    }

    private static int unversioned(PathWords words, int i) {
        return words.version(i) ? i + 1 : i;
    }
}
