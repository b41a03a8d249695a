package io.aiproxy.dialects;

import java.util.Map;

/**
 * Reads server-sent events (HTML standard, 9.2) while they pass. Lines of data are read as they come, none is kept. A last
 * line without its end counts: browsers drop it, but numbers are numbers.
 */
final class EventStreamTap extends ReadingTap {
    private static final byte[] DATA = {'d', 'a', 't', 'a', ':'};
    private static final byte[] LINE_FEED = {'\n'};
    /** Instead of a number of matched bytes: the line is none of data. */
    private static final int OTHER = -1;

    /** How many bytes of the line's beginning are those of {@link #DATA}. */
    private int matched;

    private boolean empty = true;
    private boolean lastWasReturn;
    private boolean eventBegins = true;

    EventStreamTap(Reads reads, Map<String, String> pointers) {
        super(new AnswerReading(reads, true), pointers);
    }

    @Override
    void read(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to) {
            int end = lineEnd(bytes, i, to);
            if (end > i) {
                line(bytes, i, end);
            }
            if (end < to) {
                lineEnds(bytes[end]);
            }
            i = end + 1;
        }
    }

    private static int lineEnd(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && bytes[i] != '\n' && bytes[i] != '\r') {
            i++;
        }
        return i;
    }

    private void line(byte[] bytes, int from, int to) {
        empty = false;
        lastWasReturn = false;
        int i = from;
        while (i < to && matched >= 0 && matched < DATA.length) {
            matched = bytes[i++] == DATA[matched] ? matched + 1 : OTHER;
            if (matched == DATA.length) {
                dataBegins();
            }
        }
        if (matched == DATA.length) {
            document(bytes, i, to);
        }
    }

    /** Several lines of data in one event are one document, unless the one before was whole. */
    private void dataBegins() {
        if (eventBegins || !open()) {
            begin();
        } else {
            document(LINE_FEED, 0, 1);
        }
        eventBegins = false;
    }

    private void lineEnds(byte with) {
        boolean secondOfTwo = with == '\n' && lastWasReturn;
        lastWasReturn = with == '\r';
        if (secondOfTwo) {
            return;
        }
        eventBegins |= empty;
        empty = true;
        matched = 0;
    }
}
