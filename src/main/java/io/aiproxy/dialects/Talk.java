package io.aiproxy.dialects;

import io.aiproxy.core.Transcript;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What is said on a socket on which a model answers again and again, as far as its usage may have to be estimated: answers of
 * which the provider tells what they have used are let go. Each answer is made, and billed, with everything that was said
 * before it (platform.openai.com/docs/guides/realtime-costs; {@link LiveTap}).
 */
final class Talk {
    /** In UTF-16 units, of everything that was said. */
    private static final int MOST_SAID = 16 * 1024;
    /** Of one answer, and of all of which nothing is told. */
    private static final int MOST_ANSWERED = 8 * 1024;

    private static final int MOST_UNTOLD = 64 * 1024;
    private static final int MOST_OPEN = 64;
    private static final int LONGEST_ID = 256;

    private final Excerpt said = new Excerpt(MOST_SAID);
    private final Map<String, Answer> open = new LinkedHashMap<>();
    private final Excerpt untold = new Excerpt(MOST_UNTOLD);
    private long untoldInput;
    private boolean someUntold;
    private int requested;

    /** An answer whose usage may still be told. */
    private static final class Answer {
        private final Excerpt text = new Excerpt(MOST_ANSWERED);
        private final long before;

        /** @param before bytes that were said before it */
        Answer(long before) {
            this.before = before;
        }
    }

    /** The caller has said something. */
    void hears(String text) {
        said.add(text);
    }

    /** The caller has asked for an answer. */
    void requests() {
        requested++;
    }

    /** An answer that was asked for has begun, or was refused. */
    void requestMet() {
        requested = Math.max(0, requested - 1);
    }

    /** An answer begins. */
    void begins(String id) {
        begins(id, said.bytes());
    }

    /** An answer goes on of which usage was told that may have been the last word. */
    void goesOn(String id) {
        begins(id, 0);
    }

    private void begins(String id, long before) {
        open.putIfAbsent(key(id), new Answer(before));
        if (open.size() > MOST_OPEN) {
            ends(open.keySet().iterator().next());
        }
    }

    /** Whether an answer has begun and its usage is not told. */
    boolean open(String id) {
        return open.containsKey(key(id));
    }

    /** A piece of an answer. */
    void answers(String id, String text) {
        Answer answer = open.get(key(id));
        if (answer == null) {
            begins(id);
            answer = open.get(key(id));
        }
        if (answer != null) {
            answer.text.add(text);
        }
        said.add(text);
    }

    /** What an answer has used is told, or it has used nothing. */
    void told(String id) {
        open.remove(key(id));
    }

    /** An answer has ended and nothing is told of its usage. */
    void ends(String id) {
        Answer answer = open.remove(key(id));
        if (answer != null) {
            someUntold = true;
            untold.add(answer.text);
            untoldInput += answer.before;
        }
    }

    private static String key(String id) {
        return id.length() <= LONGEST_ID ? id : id.substring(0, LONGEST_ID);
    }

    /** What is to be estimated; empty: the usage of everything was told. */
    Optional<Transcript> rest() {
        if (!someUntold && open.isEmpty() && requested == 0) {
            return Optional.empty();
        }
        Excerpt answered = new Excerpt(MOST_UNTOLD);
        answered.add(untold);
        long input = untoldInput + requested * said.bytes();
        for (Answer answer : open.values()) {
            answered.add(answer.text);
            input += answer.before;
        }
        return Optional.of(
                new Transcript(said.text(), input, answered.text(), answered.chars(), 0, Transcript.Kind.TALK));
    }
}
