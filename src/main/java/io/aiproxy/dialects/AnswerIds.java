package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;

/** Reads the ids out of a JSON answer, or the events of a streamed one, that may end in the middle. */
final class AnswerIds {
    private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};
    private static final int MOST_EVENTS = 8;

    private final JsonParser parser;
    private final boolean google;
    private final IdList ids;

    private AnswerIds(JsonParser parser, boolean google, IdList ids) {
        this.parser = parser;
        this.google = google;
        this.ids = ids;
    }

    /** Reads one JSON text; what stands before its end or its first fault counts. */
    static void json(byte[] bytes, int from, int to, boolean google, IdList ids) {
        try (JsonParser parser = Json.FACTORY.createParser(bytes, from, to - from)) {
            new AnswerIds(parser, google, ids).root();
        } catch (IOException ended) {
            // a prefix ends where it ends
        }
    }

    /** Reads the {@code data:} lines of the first events. */
    static void events(byte[] bytes, boolean google, IdList ids) {
        int at = 0;
        for (int events = 0; at < bytes.length && events < MOST_EVENTS; ) {
            int end = at;
            while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
                end++;
            }
            if (startsWith(bytes, at, end)) {
                json(bytes, at + DATA.length, end, google, ids);
                events++;
            }
            at = end + 1;
        }
    }

    private static boolean startsWith(byte[] bytes, int from, int to) {
        return to - from >= DATA.length && Arrays.equals(bytes, from, from + DATA.length, DATA, 0, DATA.length);
    }

    private void root() throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.VALUE_STRING) {
                string(name);
            } else if (value == JsonToken.START_OBJECT && container(name)) {
                inner();
            } else {
                parser.skipChildren();
            }
        }
    }

    private void string(String name) throws IOException {
        if (google) {
            if (name.equals("name")) {
                GoogleNames.read(parser.getText(), ids);
            }
        } else if (name.equals("id") || name.equals("thread_id")) {
            ids.add(parser.getText());
        }
    }

    /**
     * {@code response} of a Responses event, {@code conversation} of an answer, {@code file} of a completed upload and of
     * Gemini's, {@code output} and {@code data} of DashScope's.
     */
    private static boolean container(String name) {
        return switch (name) {
            case "response", "conversation", "file", "output", "data" -> true;
            default -> false;
        };
    }

    private void inner() throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.VALUE_STRING) {
                if (name.equals("task_id") || name.equals("job_id")) {
                    ids.add(parser.getText());
                } else {
                    string(name);
                }
            } else if (value == JsonToken.START_ARRAY && name.equals("uploaded_files")) {
                uploadedFiles();
            } else {
                parser.skipChildren();
            }
        }
    }

    /** DashScope: {@code data.uploaded_files[].file_id}. */
    private void uploadedFiles() throws IOException {
        int depth = 1;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return;
            }
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            } else if (token == JsonToken.VALUE_STRING && "file_id".equals(parser.currentName())) {
                ids.add(parser.getText());
            }
        }
    }
}
