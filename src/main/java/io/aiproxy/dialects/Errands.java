package io.aiproxy.dialects;

import io.aiproxy.core.Transcript;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What is said in DashScope's tasks on a socket, as far as their usage may have to be estimated. Each stands for itself. */
final class Errands {
    /** In UTF-16 units: of one task, and of all of which nothing is told. */
    private static final int MOST_OF_ONE = 8 * 1024;

    private static final int MOST = 64 * 1024;
    private static final int MOST_OPEN = 16;

    private final Map<String, Errand> open = new LinkedHashMap<>();
    private final Errand rest = new Errand("", MOST);
    private boolean some;
    private boolean speech;

    /** One task. */
    private static final class Errand {
        private final String kind;
        private final Excerpt asked;
        private final Excerpt answered;
        private String last = "";
        private boolean told;

        Errand(String kind, int most) {
            this.kind = kind;
            this.asked = new Excerpt(most);
            this.answered = new Excerpt(most);
        }

        /** A piece of its answer, which may repeat all that was before. */
        void answers(String text) {
            answered.add(text.startsWith(last) ? text.substring(last.length()) : text);
            last = text.length() <= MOST_OF_ONE ? text : "";
        }

        void add(Errand other) {
            asked.add(other.asked);
            answered.add(other.answered);
        }
    }

    /**
     * The caller says something in a task.
     *
     * @param kind what kind of task it is, where it begins
     */
    void asks(String id, String kind, String text) {
        Errand errand = open.get(id);
        if (errand == null) {
            errand = new Errand(kind, MOST_OF_ONE);
            open.put(id, errand);
            if (open.size() > MOST_OPEN) {
                ends(open.keySet().iterator().next());
            }
        }
        if (!errand.told) {
            errand.asked.add(text);
        }
    }

    /** The model says something in a task. */
    void answers(String id, String text) {
        Errand errand = open.get(id);
        if (errand != null && !errand.told) {
            errand.answers(text);
        }
    }

    /** What a task has used is told, up to now. */
    void told(String id) {
        Errand errand = open.get(id);
        if (errand != null) {
            errand.told = true;
        }
    }

    /** A task is over. */
    void ends(String id) {
        Errand errand = open.remove(id);
        if (errand != null && !errand.told) {
            some = true;
            add(rest, errand);
        }
    }

    private void add(Errand to, Errand untold) {
        speech |= untold.kind.equals("tts");
        if (!untold.kind.equals("asr")) {
            to.add(untold);
        }
    }

    /**
     * What is to be estimated; empty: the usage of everything was told.
     *
     * @param running whether a task goes on that has told numbers, which are not its last word
     */
    Optional<Transcript> rest(boolean running) {
        Errand all = new Errand("", MOST);
        all.add(rest);
        boolean untold = some || running;
        for (Errand errand : open.values()) {
            if (!errand.told) {
                untold = true;
                add(all, errand);
            }
        }
        return untold
                ? Optional.of(new Transcript(
                        all.asked.text(),
                        all.asked.bytes(),
                        all.answered.text(),
                        all.answered.chars(),
                        0,
                        speech ? Transcript.Kind.SPEECH : Transcript.Kind.TALK))
                : Optional.empty();
    }
}
