package io.aiproxy.dialects;

import java.util.Map;

/** Reads one JSON document of any size while it passes, or several that stand one after the other. */
final class DocumentTap extends ReadingTap {
    /** @param lines whether each line is a document of its own, and all together a stream */
    DocumentTap(Reads reads, boolean lines, Map<String, String> pointers) {
        super(new AnswerReading(reads, lines), pointers);
    }

    @Override
    void read(byte[] bytes, int from, int to) {
        document(bytes, from, to);
    }
}
