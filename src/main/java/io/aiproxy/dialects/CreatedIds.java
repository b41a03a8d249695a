package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.Headers;
import java.util.List;
import java.util.Locale;

/**
 * Finds the ids of what a call created at one account (files, batches, responses, tasks …), so that later calls about them
 * can go to the same channel. The counterpart of {@link RequestFacts#ids()}: both write an id the same way.
 */
public final class CreatedIds {
    /** How many bytes of an answer are worth keeping for {@link #read}: ids stand near the beginning. */
    public static final int PREFIX_BYTES = 16 * 1024;

    private CreatedIds() {}

    /**
     * Whether an answer to this request may name something new that lives at the account that created it. Decided before
     * the request is sent, from its head alone.
     *
     * @param path the request's path (or whole target)
     */
    public static boolean creates(String method, String path, Headers requestHeaders, Spoken spoken) {
        if (!method.equals("POST") && !method.equals("PUT")) {
            return false;
        }
        return switch (spoken.dialect()) {
            case GOOGLE -> google(spoken.operation());
            case DASHSCOPE ->
                "enable".equalsIgnoreCase(requestHeaders.get("x-dashscope-async"))
                        || spoken.operation().equals("files")
                        || spoken.operation().equals("fine-tunes");
            case OPENAI, ANTHROPIC -> ClientSecrets.creates(method, spoken) || post(method, SpokenPath.of(path));
            case GENERIC -> false;
        };
    }

    private static boolean google(String operation) {
        return switch (operation) {
            case "upload",
                    "files",
                    "cached_contents",
                    "predict_long_running",
                    "batch_generate_content",
                    "file_search_stores",
                    "tuned_models" -> true;
            default -> false;
        };
    }

    /** A POST to a collection creates; one to something in it does not, with a few exceptions. */
    private static boolean post(String method, SpokenPath path) {
        int id = PathIds.idAt(path);
        PathWords words = path.words();
        if (id < 0 || !method.equals("POST") || words.is(path.at(), "chat")) {
            return false;
        }
        return !words.has(id)
                || words.is(id, "runs") // /v1/threads/runs makes the thread too
                || words.is(id + 1, "complete") // /v1/uploads/{id}/complete makes the file
                || words.is(id + 1, "remix"); // /v1/videos/{id}/remix makes a video
    }

    /**
     * The ids in an answer, or in what has arrived of it. For successful answers; never throws for what a provider sent.
     *
     * @param bodyPrefix the first bytes of the body, see {@link #PREFIX_BYTES}; may end anywhere
     * @param contentType the answer's {@code Content-Type}; empty when it has none
     */
    public static List<String> read(Spoken spoken, Headers responseHeaders, byte[] bodyPrefix, String contentType) {
        IdList ids = new IdList();
        boolean google = spoken.dialect() == Dialect.GOOGLE;
        String upload = responseHeaders.get("x-goog-upload-url");
        if (google && upload != null) {
            ids.add(PathWords.of(upload).parameter("upload_id"));
        }
        String location = responseHeaders.get("location");
        if (spoken.operation().equals("realtime.calls") && location != null) {
            PathWords words = PathWords.of(location);
            ids.add(words.decoded(words.count() - 1));
        }
        byte[] plain = Unpacked.prefix(bodyPrefix, responseHeaders.get("content-encoding"), PREFIX_BYTES);
        if (contentType.toLowerCase(Locale.ROOT).startsWith("text/event-stream")) {
            AnswerIds.events(plain, google, ids);
        } else {
            AnswerIds.json(plain, 0, plain.length, google, ids);
        }
        return ids.list();
    }
}
