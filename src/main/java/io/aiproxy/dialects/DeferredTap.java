package io.aiproxy.dialects;

import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Usage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * Reads an answer about work that goes on after it ({@link Deferred}): its usage counts when the work has ended, for the first
 * answer that says so. Which of OpenAI's responses were made in the background the answer says itself; what an ordinary one has
 * used was told by the answer that brought it.
 */
final class DeferredTap implements AnswerTap {
    /** OpenAI's and DashScope's words for work that will not go on. */
    private static final Set<String> ENDED =
            Set.of("completed", "incomplete", "failed", "cancelled", "SUCCEEDED", "FAILED", "CANCELED");

    private final ReadingTap reading;
    private final DeferredUse.Part part;
    private final DeferredUse all;
    private final State state = new State();
    private boolean counts;
    private boolean later;
    private String work = "";
    private String model = "";

    DeferredTap(ReadingTap reading, DeferredUse.Part part, DeferredUse all) {
        this.reading = reading;
        this.part = part;
        this.all = all;
        reading.show(state);
    }

    @Override
    public void bytes(ByteBuffer bytes) {
        reading.bytes(bytes);
    }

    @Override
    public void end() {
        reading.end();
        boolean begins = part.how() == Deferred.BEGINS;
        boolean ended = ENDED.contains(state.status);
        boolean known = !state.id.isEmpty();
        if (known) {
            if (begins) {
                all.began(part, state.id);
            }
            model = all.model(part, state.id);
        }
        if (ended && reading.usage().isPresent()) {
            counts = known ? (begins || state.task || state.background) && all.first(part, state.id) : begins;
        }
        work = counts && known ? DeferredUse.digest(part, state.id) : "";
        later = begins && known && !state.status.isEmpty() && !ended;
    }

    @Override
    public boolean later() {
        return later;
    }

    @Override
    public String work() {
        return work;
    }

    @Override
    public Optional<Usage> usage() {
        return counts ? reading.usage() : Optional.empty();
    }

    @Override
    public String model() {
        return reading.model().isEmpty() ? model : reading.model();
    }

    @Override
    public boolean complete() {
        return counts && reading.complete();
    }

    @Override
    public boolean failed() {
        return reading.failed();
    }

    @Override
    public CharSequence text() {
        return reading.text();
    }

    @Override
    public long textChars() {
        return reading.textChars();
    }

    /**
     * What work an answer is about: {@code id}, {@code status} and {@code background} of a response, which in a stream stands in
     * {@code response}; {@code task_id} and {@code task_status} in {@code output}.
     */
    private static final class State implements JsonScan.Visitor {
        private static final String[] WORDS = {
            "id", "status", "background", "response", "output", "task_id", "task_status"
        };

        private int depth;
        private boolean output;
        private String id = "";
        private String status = "";
        private boolean background;
        private boolean task;

        @Override
        public void begins() {
            depth = 0;
        }

        @Override
        public String name(byte[] bytes, int length) {
            for (String word : WORDS) {
                if (KnownNames.same(word, bytes, length)) {
                    return word;
                }
            }
            return "";
        }

        @Override
        public boolean opens(String name, boolean array) {
            boolean inner = depth == 1 && (name.equals("response") || name.equals("output"));
            if (array || !(depth == 0 || inner)) {
                return false;
            }
            depth++;
            output = name.equals("output");
            return true;
        }

        @Override
        public void closes() {
            depth--;
            output = false;
        }

        @Override
        public JsonScan.Use string(String name) {
            boolean wanted = output
                    ? name.equals("task_id") || name.equals("task_status")
                    : name.equals("id") || name.equals("status");
            return wanted ? JsonScan.Use.KEEP : JsonScan.Use.SKIP;
        }

        @Override
        public void kept(String name, byte[] bytes, int length) {
            String said = new String(bytes, 0, length, StandardCharsets.UTF_8);
            if (name.equals("id") || name.equals("task_id")) {
                id = said;
            } else {
                status = said;
            }
            task |= output;
        }

        @Override
        public void text(byte[] bytes, int from, int to) {
            throw new IllegalStateException("no text is wanted");
        }

        @Override
        public void scalar(String name, byte[] bytes, int length) {
            if (name.equals("background") && !output) {
                background = KnownNames.same("true", bytes, length);
            }
        }
    }
}
