package io.aiproxy.admin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serial;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who answers questions about usage: the one who holds the books. Blocks; any number of threads at once. */
@FunctionalInterface
public interface UsageDesk {
    /** Answers while there are no books. */
    UsageDesk ABSENT = question -> {
        throw new Declined(Declined.Why.AWAY, "This gateway has no books of usage.");
    };

    /**
     * Answers.
     *
     * @throws Declined when there is no answer
     */
    Reply answer(Question question) throws Declined;

    /** What can be asked about. */
    enum Topic {
        SUMMARY,
        USERS,
        CHANNELS,
        MODELS,
        OPERATIONS,
        GROUPS,
        ERRORS,
        KEYS,
        EXPORT,
        RECORDS,
        /** A single record, by its id. */
        RECORD,
        /** What the holder of a proxy key has used. */
        OWN
    }

    /**
     * A question.
     *
     * @param topic what about
     * @param path of the request, for references to more of the same
     * @param id which one, with {@link Topic#RECORD}; otherwise empty
     * @param parameters of the query, decoded, in order
     * @param user id of the user who asks, with {@link Topic#OWN}; otherwise empty
     */
    record Question(Topic topic, String path, String id, Map<String, List<String>> parameters, String user) {}

    /**
     * An answer: either a document or a file.
     *
     * @param document the answer, or what is known of the file
     * @param file a file to be made while it is sent
     */
    record Reply(ObjectNode document, Optional<File> file) {
        /** A document. */
        public static Reply of(ObjectNode document) {
            return new Reply(document, Optional.empty());
        }

        /** A file. */
        public static Reply of(File file) {
            return new Reply(Json.object(), Optional.of(file));
        }
    }

    /**
     * A file.
     *
     * @param mediaType what it is
     * @param name under which it is kept: letters, digits, points and dashes
     * @param content makes it
     */
    record File(String mediaType, String name, AdminAnswer.Stream content) {}

    /** There is no answer; the message says in plain words why and what to do. */
    final class Declined extends Exception {
        @Serial
        private static final long serialVersionUID = 1;

        private final Why why;

        /** Why there is none. */
        public enum Why {
            /** A parameter cannot be understood. */
            MALFORMED,
            /** There is no such thing. */
            NOT_FOUND,
            /** The answer would be too large, or what it needs is not kept. */
            TOO_MUCH,
            /** There are no books. */
            AWAY,
            /** The books cannot be read at the moment. */
            DOWN
        }

        /**
         * @param why the kind of reason
         * @param message for the asker; names the parameter if it is one's fault
         */
        public Declined(Why why, String message) {
            super(message, null, false, false);
            this.why = why;
        }

        /** The kind of reason. */
        public Why why() {
            return why;
        }
    }
}
