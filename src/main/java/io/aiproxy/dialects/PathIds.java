package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;

/** The ids in a path that may have been created at one channel earlier. */
final class PathIds {
    private PathIds() {}

    static void read(SpokenPath path, String target, Dialect dialect, IdList ids) {
        PathWords words = path.words();
        switch (dialect) {
            case GOOGLE -> {
                GoogleNames.read(target, ids);
                ids.add(words.parameter("upload_id"));
            }
            case DASHSCOPE -> dashScope(path, ids);
            case OPENAI, ANTHROPIC, GENERIC -> rest(path, ids);
        }
    }

    private static void dashScope(SpokenPath path, IdList ids) {
        if (path.at() >= 0 && !path.operation().equals("apps") && !path.words().is(path.at(), "services")) {
            ids.add(path.words().decoded(path.at() + 1));
        }
    }

    private static void rest(SpokenPath path, IdList ids) {
        PathWords words = path.words();
        ids.add(words.parameter("call_id")); // the side channel of a WebRTC call: wss://…/v1/realtime?call_id=
        int at = idAt(path);
        if (at < 0 || action(words.text(at))) {
            return;
        }
        ids.add(words.decoded(at));
        for (int i = at + 1; i + 1 < words.count(); i++) {
            if (words.is(i, "files")) { // /v1/vector_stores/{id}/files/{id}
                ids.add(words.decoded(i + 1));
            }
        }
    }

    /** Index of the segment behind the collection's name, or -1 when the path names no collection. */
    static int idAt(SpokenPath path) {
        int at = path.at();
        return switch (path.words().text(at)) {
            case "files",
                    "uploads",
                    "batches",
                    "responses",
                    "conversations",
                    "assistants",
                    "threads",
                    "vector_stores",
                    "containers",
                    "videos",
                    "evals",
                    "skills" -> at + 1;
            case "chat" -> at + 2;
            case "fine_tuning" -> path.words().is(at + 1, "jobs") ? at + 2 : -1;
            case "messages" -> path.words().is(at + 1, "batches") ? at + 2 : -1;
            case "realtime" -> path.words().is(at + 1, "calls") ? at + 2 : -1;
            default -> -1;
        };
    }

    /** Words that stand where an id would: {@code /v1/responses/compact}, {@code /v1/threads/runs}. */
    static boolean action(String word) {
        return switch (word) {
            case "compact", "input_tokens", "runs", "search" -> true;
            default -> false;
        };
    }
}
