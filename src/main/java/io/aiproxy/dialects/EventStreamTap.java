package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonParser;
import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Usage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads server-sent events (HTML standard, 9.2) while they pass. Only lines of data that speak of usage, or the first ones,
 * which name the model, are looked into; a line is kept only while its end has not come yet.
 */
final class EventStreamTap implements AnswerTap {
    private static final byte[] MARKER = "\"usage".getBytes(StandardCharsets.US_ASCII); // usageMetadata, too
    private static final byte[] DATA = "data:".getBytes(StandardCharsets.US_ASCII);
    /** The event that ends a response holds all of it once more. */
    private static final int LONGEST_LINE = 8 << 20;
    /** The model is named in the first events or not at all. */
    private static final int LINES_FOR_MODEL = 4;

    private final UsageWalk walk = new UsageWalk();
    private byte[] line = {};
    private int length;
    private boolean tooLong;
    private int matched;
    private boolean marked;
    private int dataLines;

    @Override
    public void bytes(ByteBuffer part) {
        int begin = part.position();
        int end = part.limit();
        for (int i = begin; i < end; i++) {
            byte b = part.get(i);
            if (b == '\n' || b == '\r') {
                lineEnds(part, begin, i);
                begin = i + 1;
            } else if (b == MARKER[matched]) {
                if (++matched == MARKER.length) {
                    marked = true;
                    matched = 0;
                }
            } else {
                matched = b == MARKER[0] ? 1 : 0; // its first byte comes again nowhere in it
            }
        }
        keep(part, begin, end);
    }

    private void keep(ByteBuffer part, int begin, int end) {
        int more = end - begin;
        if (more == 0 || tooLong) {
            return;
        }
        if (length + more > LONGEST_LINE) {
            tooLong = true;
            line = new byte[0];
            length = 0;
            return;
        }
        if (length + more > line.length) {
            line = Arrays.copyOf(line, Math.max(length + more, Math.min(LONGEST_LINE, line.length * 2)));
        }
        part.get(begin, line, length, more);
        length += more;
    }

    private void lineEnds(ByteBuffer part, int begin, int end) {
        if (marked || dataLines < LINES_FOR_MODEL) {
            keep(part, begin, end);
            if (!tooLong) {
                read();
            }
        }
        length = 0;
        tooLong = false;
        matched = 0;
        marked = false;
    }

    private void read() {
        if (length <= DATA.length || !Arrays.equals(line, 0, DATA.length, DATA, 0, DATA.length)) {
            return;
        }
        dataLines++;
        walk.begin();
        try (JsonParser parser = Json.FACTORY.createParser(line, DATA.length, length - DATA.length)) {
            walk.walk(parser);
        } catch (IOException malformed) {
            // [DONE], or a provider's slip: the next line may be better
        }
    }

    /** A last line without its end counts: browsers drop it, but numbers are numbers. */
    @Override
    public void end() {
        if (length > 0 && marked) {
            read();
        }
        line = new byte[0];
        length = 0;
    }

    @Override
    public Optional<Usage> usage() {
        return walk.usage();
    }

    @Override
    public String model() {
        return walk.model();
    }

    @Override
    public boolean complete() {
        return usage().isPresent();
    }

    @Override
    public CharSequence text() {
        return "";
    }

    @Override
    public long textChars() {
        return 0;
    }
}
