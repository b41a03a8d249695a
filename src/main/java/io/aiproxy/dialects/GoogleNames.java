package io.aiproxy.dialects;

/**
 * Google's resource names. The same thing is called {@code files/abc} in an answer, {@code /v1beta/files/abc:download} in
 * a path and {@code https://…/v1beta/files/abc} in a prompt, and Vertex writes a project's number where the caller wrote
 * its id. So the gateway remembers and looks up only the end that never changes: {@code collection/id}.
 */
final class GoogleNames {
    private GoogleNames() {}

    /** Adds every {@code collection/id} in a name, a path or an address. */
    static void read(String name, IdList ids) {
        PathWords words = PathWords.of(name);
        for (int i = 0; i + 1 < words.count(); i++) {
            if (collection(words.text(i))) {
                int colon = words.colon(i + 1);
                String id = words.decoded(i + 1, colon < 0 ? words.to(i + 1) : colon);
                ids.add(words.text(i) + "/" + id);
            }
        }
    }

    private static boolean collection(String word) {
        return switch (word) {
            case "files",
                    "cachedContents",
                    "operations",
                    "batches",
                    "fileSearchStores",
                    "tunedModels",
                    "batchPredictionJobs" -> true;
            default -> false;
        };
    }
}
