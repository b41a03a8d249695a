package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aiproxy.core.MessageTap;
import io.aiproxy.core.Transcript;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageField;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tasks of DashScope's {@code /api-ws/v1/inference}: {@code run-task} names the model, {@code
 * payload.usage} of {@code result-generated} and {@code task-finished} says what the task named in {@code header.task_id}
 * has used up to then. Many tasks may follow each other on one socket
 * (alibabacloud.com/help/en/model-studio/cosyvoice-websocket-api and …/paraformer-server-events).
 *
 * <p>Within a task the latest number counts; one that a later message leaves out, or sets back to null, stays. Tasks are
 * added up; memory is bounded by folding the oldest into the sum.
 *
 * <p>For an estimate it keeps what was said in tasks that have told nothing: text in {@code payload.input} and {@code
 * payload.output}. Text that is to be spoken ({@code payload.task} is {@code tts}) is charged by its characters; what listens
 * ({@code asr}) by time, which text does not tell.
 */
final class TaskTap implements MessageTap {
    private static final byte[] USAGE = "\"usage\"".getBytes(StandardCharsets.US_ASCII);
    /** Every message has one: the end of a task need not speak of usage. */
    private static final byte[] ID = "\"task_id\"".getBytes(StandardCharsets.US_ASCII);
    /** Tasks follow each other; more than a few at once there are not. */
    private static final int MOST_OPEN = 16;

    private static final int LONGEST_ID = 256;

    private final ModelWatch model;
    private final Map<String, Usage> open = new LinkedHashMap<>();
    private Usage finished = Usage.NONE;
    private boolean told;

    private final @Nullable Errands errands;

    /**
     * @param wantsModel whether the messages are to name the model
     * @param estimate whether what was said is kept as long as its usage is not told
     */
    TaskTap(boolean wantsModel, boolean estimate) {
        model = new ModelWatch(wantsModel);
        errands = estimate ? new Errands() : null;
    }

    @Override
    public boolean wantsCaller() {
        return errands != null || model.wantsCaller();
    }

    @Override
    public void fromCaller(byte[] message) {
        model.callerMessage();
        Task task = Task.read(message);
        if (task != null && task.what.equals("run-task")) {
            model.named(task.model);
        }
        if (task != null && errands != null) {
            errands.asks(cut(task.id), task.kind, task.text());
        }
    }

    @Override
    public byte[] channelMarker() {
        return errands == null && open.isEmpty() ? USAGE : ID;
    }

    @Override
    public void fromChannel(byte[] message) {
        Task task = Task.read(message);
        if (task == null) {
            return;
        }
        String id = cut(task.id);
        if (task.usage != null) {
            told = true;
            open.merge(id, task.usage, TaskTap::later);
        }
        if (errands != null) {
            errands.answers(id, task.text());
            boolean failed = task.what.equals("task-failed"); // providers do not charge what they could not do
            if (task.usage != null || failed) {
                errands.told(id);
            }
            if (failed || task.what.equals("task-finished")) {
                errands.ends(id);
            }
        }
        if (task.what.equals("task-finished") || task.what.equals("task-failed")) {
            fold(id);
        } else if (open.size() > MOST_OPEN) {
            fold(open.keySet().iterator().next());
        }
    }

    private static String cut(String id) {
        return id.length() <= LONGEST_ID ? id : id.substring(0, LONGEST_ID);
    }

    private void fold(String id) {
        Usage usage = open.remove(id);
        if (usage != null) {
            finished = finished.plus(usage);
        }
    }

    /** Running totals only grow: the greater number is the later one, also where a message leaves some out. */
    private static Usage later(Usage a, Usage b) {
        return UsageField.usage(field -> Math.max(field.of(a), field.of(b)));
    }

    @Override
    public Optional<Usage> usage() {
        if (!told) {
            return Optional.empty();
        }
        Usage sum = finished;
        for (Usage usage : open.values()) {
            sum = sum.plus(usage);
        }
        return Optional.of(sum);
    }

    @Override
    public boolean complete() {
        return told && open.isEmpty();
    }

    @Override
    public Optional<Transcript> untold() {
        return errands == null ? Optional.empty() : errands.rest(!open.isEmpty());
    }

    @Override
    public String model() {
        return model.model();
    }

    /** What one message says: {@code {"header":{"event":…,"task_id":…},"payload":{"usage":{…}}}}. */
    private static final class Task {
        private String what = "";
        private String id = "";
        private String model = "";
        private String kind = "";
        private final StringBuilder text = new StringBuilder();
        private @Nullable Usage usage;

        /** Null when it is no JSON object. */
        static @Nullable Task read(byte[] message) {
            try (JsonParser parser = Json.FACTORY.createParser(message)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    return null;
                }
                Task task = new Task();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    boolean object = parser.nextToken() == JsonToken.START_OBJECT;
                    if (object && name.equals("header")) {
                        task.header(parser);
                    } else if (object && name.equals("payload")) {
                        task.payload(parser);
                    } else {
                        parser.skipChildren();
                    }
                }
                return parser.currentToken() == JsonToken.END_OBJECT ? task : null;
            } catch (IOException malformed) {
                return null;
            }
        }

        /** What was said, without the end of its last line, which is ours. */
        String text() {
            return text.substring(0, Math.max(0, text.length() - 1));
        }

        private void header(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "action", "event" -> what = Json.text(parser);
                    case "task_id" -> id = Json.text(parser);
                    default -> parser.skipChildren();
                }
            }
        }

        private void payload(JsonParser parser) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("model")) {
                    model = Json.text(parser);
                } else if (name.equals("usage") && value == JsonToken.START_OBJECT) {
                    usage = UsageFields.read(parser);
                } else if (name.equals("task")) {
                    kind = Json.text(parser);
                } else if (name.equals("input") || name.equals("output")) {
                    JsonText.read(parser, false, text);
                } else {
                    parser.skipChildren();
                }
            }
        }
    }
}
