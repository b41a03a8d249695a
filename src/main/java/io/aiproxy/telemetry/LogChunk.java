package io.aiproxy.telemetry;

/** Some lines on their way to the file. Belongs to one thread at a time: whoever took it out of a slot or a queue. */
final class LogChunk {
    /** What its lines were formatted for. */
    LogSheet sheet;

    /** How many lines are in it. */
    int lines;

    /** Bytes of it that have reached the file. */
    int written;

    /** The lines. */
    final LineBytes bytes;

    LogChunk(LogSheet sheet, int capacity) {
        this.sheet = sheet;
        this.bytes = new LineBytes(capacity);
    }

    /** Empties it for lines of {@code next}. */
    void reuse(LogSheet next) {
        sheet = next;
        lines = 0;
        written = 0;
        bytes.cut(0);
    }
}
