package io.aiproxy.dialects;

import java.util.ArrayList;
import java.util.List;

/**
 * The fixed table of paths that statistics are kept by: what callers choose in a path (ids, models) becomes a placeholder,
 * and a path that is not in the table is {@value SpokenPath#OTHER}. Nothing that a caller sends can become part of a template.
 *
 * <p>What stands before the known part does not count: a channel's name, {@code /compatible-mode}, {@code /openai} beside
 * a version. A plain version is written {@code v1} whatever its number, one of Google's previews {@code v1beta}; paths
 * without a version count as those with one.
 */
final class PathTemplates {
    private static final String RELEASE = "v1";
    private static final String PREVIEW = "v1beta";

    private static final String[] TABLE = {
        // OpenAI, and those who speak like it
        "/v1/chat/completions",
        "/v1/chat/completions/{id}",
        "/v1/chat/completions/{id}/messages",
        "/v1/completions",
        "/v1/responses",
        "/v1/responses/compact",
        "/v1/responses/input_tokens",
        "/v1/responses/{id}",
        "/v1/responses/{id}/cancel",
        "/v1/responses/{id}/input_items",
        "/v1/conversations",
        "/v1/conversations/{id}",
        "/v1/conversations/{id}/items",
        "/v1/conversations/{id}/items/{id}",
        "/v1/embeddings",
        "/v1/moderations",
        "/v1/rerank",
        "/v1/reranks",
        "/v1/images/generations",
        "/v1/images/edits",
        "/v1/images/variations",
        "/v1/audio/speech",
        "/v1/audio/transcriptions",
        "/v1/audio/translations",
        "/v1/videos",
        "/v1/videos/{id}",
        "/v1/videos/{id}/content",
        "/v1/videos/{id}/remix",
        "/v1/realtime",
        "/v1/realtime/calls",
        "/v1/realtime/calls/{id}/{action}",
        "/v1/realtime/client_secrets",
        "/v1/realtime/sessions",
        "/v1/realtime/transcription_sessions",
        "/v1/models",
        "/v1/models/{model}",
        "/v1/files",
        "/v1/files/{id}",
        "/v1/files/{id}/content",
        "/v1/uploads",
        "/v1/uploads/{id}/{action}",
        "/v1/batches",
        "/v1/batches/{id}",
        "/v1/batches/{id}/cancel",
        "/v1/fine_tuning/jobs",
        "/v1/fine_tuning/jobs/{id}",
        "/v1/fine_tuning/jobs/{id}/{action}",
        "/v1/vector_stores",
        "/v1/vector_stores/{id}",
        "/v1/vector_stores/{id}/search",
        "/v1/vector_stores/{id}/{collection}",
        "/v1/vector_stores/{id}/{collection}/{id}",
        "/v1/vector_stores/{id}/{collection}/{id}/{collection}",
        "/v1/containers",
        "/v1/containers/{id}",
        "/v1/containers/{id}/files",
        "/v1/containers/{id}/files/{id}",
        "/v1/containers/{id}/files/{id}/content",
        "/v1/assistants",
        "/v1/assistants/{id}",
        "/v1/threads",
        "/v1/threads/runs",
        "/v1/threads/{id}",
        "/v1/threads/{id}/{collection}",
        "/v1/threads/{id}/{collection}/{id}",
        "/v1/threads/{id}/{collection}/{id}/{action}",
        "/v1/evals",
        "/v1/evals/{id}",
        "/v1/evals/{id}/runs",
        "/v1/evals/{id}/runs/{id}",
        "/v1/skills",
        "/v1/skills/{id}",
        // Azure
        "/openai/deployments/{deployment}/chat/completions",
        "/openai/deployments/{deployment}/completions",
        "/openai/deployments/{deployment}/embeddings",
        "/openai/deployments/{deployment}/images/generations",
        "/openai/deployments/{deployment}/images/edits",
        "/openai/deployments/{deployment}/audio/speech",
        "/openai/deployments/{deployment}/audio/transcriptions",
        "/openai/deployments/{deployment}/audio/translations",
        // Anthropic
        "/v1/messages",
        "/v1/messages/count_tokens",
        "/v1/messages/batches",
        "/v1/messages/batches/{id}",
        "/v1/messages/batches/{id}/cancel",
        "/v1/messages/batches/{id}/results",
        "/v1/complete",
        // Gemini
        "/v1beta/models",
        "/v1beta/models/{model}",
        "/v1beta/models/{model}:generateContent",
        "/v1beta/models/{model}:streamGenerateContent",
        "/v1beta/models/{model}:countTokens",
        "/v1beta/models/{model}:embedContent",
        "/v1beta/models/{model}:batchEmbedContents",
        "/v1beta/models/{model}:batchGenerateContent",
        "/v1beta/models/{model}:predict",
        "/v1beta/models/{model}:predictLongRunning",
        "/v1beta/models/{model}/operations/{id}",
        "/v1beta/operations/{id}",
        "/v1beta/files",
        "/v1beta/files/{id}",
        "/v1beta/files/{id}:download",
        "/v1beta/cachedContents",
        "/v1beta/cachedContents/{id}",
        "/v1beta/batches",
        "/v1beta/batches/{id}",
        "/v1beta/fileSearchStores",
        "/v1beta/fileSearchStores/{id}",
        "/v1beta/tunedModels",
        "/v1beta/tunedModels/{model}",
        "/v1beta/tunedModels/{model}:generateContent",
        "/upload/v1beta/files",
        "/ws/{service}",
        "/ws/{service}/{method}",
        // Gemini without preview, and Vertex
        "/v1/models/{model}:generateContent",
        "/v1/models/{model}:streamGenerateContent",
        "/v1/models/{model}:countTokens",
        "/v1/models/{model}:embedContent",
        "/v1/publishers/{publisher}/models/{model}:{verb}",
        "/v1/projects/{project}/locations/{location}/publishers/{publisher}/models/{model}:{verb}",
        "/v1/projects/{project}/locations/{location}/endpoints/{endpoint}:{verb}",
        "/v1/projects/{project}/locations/{location}/endpoints/openapi/chat/completions",
        "/v1beta/publishers/{publisher}/models/{model}:{verb}",
        "/v1beta/projects/{project}/locations/{location}/publishers/{publisher}/models/{model}:{verb}",
        "/v1beta/projects/{project}/locations/{location}/endpoints/{endpoint}:{verb}",
        "/v1beta/projects/{project}/locations/{location}/endpoints/openapi/chat/completions",
        // DashScope
        "/api/v1/services/aigc/text-generation/generation",
        "/api/v1/services/aigc/multimodal-generation/generation",
        "/api/v1/services/{group}/{task}/{function}",
        "/api/v1/tasks",
        "/api/v1/tasks/{id}",
        "/api/v1/tasks/{id}/cancel",
        "/api/v1/apps/{app}/completion",
        "/api/v1/tokenizer",
        "/api-ws/v1/inference",
        "/api-ws/v1/realtime",
    };

    private static final Node ROOT = new Node("", "", false);
    /** What follows a plain version. */
    private static final Node RELEASED;

    static {
        for (String template : TABLE) {
            Node at = ROOT;
            for (String word : template.substring(1).split("/", -1)) {
                at = at.child(word);
            }
            at.template = template;
        }
        RELEASED = ROOT.child(RELEASE);
    }

    private PathTemplates() {}

    /** The template of a path. Compares, and allocates nothing. */
    static String of(SpokenPath path) {
        PathWords words = path.words();
        for (int i = 0; i < words.count(); i++) {
            String found = ROOT.match(words, i);
            if (!found.isEmpty()) {
                return found;
            }
        }
        String bare = path.at() < 0 ? "" : RELEASED.match(words, path.at());
        return bare.isEmpty() ? SpokenPath.OTHER : bare;
    }

    /** Every template that there is. */
    static List<String> all() {
        return List.of(TABLE);
    }

    /** A segment of the table, and what may follow it. */
    private static final class Node {
        private final String word;
        /** Behind a placeholder, from the colon on; empty: nothing, or {@link #anyVerb}. */
        private final String verb;

        private final boolean anyVerb;
        private final List<Node> literal = new ArrayList<>();
        private final List<Node> placeholders = new ArrayList<>(1);
        private String template = "";

        Node(String word, String verb, boolean anyVerb) {
            this.word = word;
            this.verb = verb;
            this.anyVerb = anyVerb;
        }

        private Node child(String segment) {
            List<Node> among = segment.startsWith("{") ? placeholders : literal;
            for (Node node : among) {
                if (node.word.equals(segment)) {
                    return node;
                }
            }
            int colon = segment.indexOf(':');
            boolean any = segment.endsWith(":{verb}");
            Node node = new Node(segment, colon < 0 || any ? "" : segment.substring(colon + 1), any);
            // the ones with a verb are asked first: without one, everything fits
            among.add(colon < 0 ? among.size() : 0, node);
            return node;
        }

        /** The template of the words from {@code i} to the last; empty: none. */
        private String match(PathWords words, int i) {
            if (i == words.count()) {
                return template;
            }
            for (int n = 0; n < literal.size(); n++) {
                String found = literal.get(n).written(words, i) ? literal.get(n).match(words, i + 1) : "";
                if (!found.isEmpty()) {
                    return found;
                }
            }
            for (int n = 0; n < placeholders.size(); n++) {
                String found =
                        placeholders.get(n).fits(words, i) ? placeholders.get(n).match(words, i + 1) : "";
                if (!found.isEmpty()) {
                    return found;
                }
            }
            return "";
        }

        private boolean written(PathWords words, int i) {
            return switch (word) {
                case RELEASE -> words.version(i) && !words.previewVersion(i);
                case PREVIEW -> words.previewVersion(i);
                default -> words.is(i, word);
            };
        }

        private boolean fits(PathWords words, int i) {
            int colon = verb.isEmpty() && !anyVerb ? -1 : words.colon(i);
            return anyVerb ? colon > 0 : verb.isEmpty() || (colon > 0 && words.endsWith(i, colon, verb));
        }
    }
}
