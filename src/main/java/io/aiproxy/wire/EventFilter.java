package io.aiproxy.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes events out of a stream of server-sent events (HTML standard, 9.2) and leaves every other byte as it is. Nothing is
 * delayed but the beginning of an event that may be one of those, until its end has come or it has turned out to be another.
 *
 * <p>An event begins with its first field and ends with the empty line behind it. Comments and empty lines before it belong
 * to no event. Confined to its event loop.
 */
final class EventFilter {
    /** Events that are taken out are short; what is longer passes. */
    private static final int LONGEST = 16 * 1024;

    private static final int KEPT_BUFFER = 8 * 1024;

    /** Where the next byte stands. */
    private enum Place {
        /** At the beginning of a line that belongs to no event so far. */
        BETWEEN,
        /** In a comment before an event. */
        COMMENT,
        /** At the beginning of a line behind a field of an event. */
        LINE_BEGIN,
        /** In a line of an event. */
        LINE
    }

    private final EventJudge judge;
    /** The undecided event, of which {@code held} bytes are there; behind them, what is being looked at. */
    private byte[] buffer = {};

    private int held;
    private Place place = Place.BETWEEN;
    /** The event under way is none that is taken out: the rest of it passes. */
    private boolean passing;

    private boolean lastWasCr;
    /** A line feed that comes next belongs to the end of what was taken out. */
    private boolean swallowLf;

    /** Where what passes next begins. */
    private int passed;

    private @Nullable ByteArrayOutputStream rest;

    EventFilter(EventJudge judge) {
        this.judge = judge;
    }

    /** What passes of it and of what was held back before; null: nothing does. Takes over {@code content}. */
    @Nullable
    HttpContent pass(HttpContent content) {
        ByteBuf in = content.content();
        int n = in.readableBytes();
        int before = held;
        int end = before + n;
        if (end > buffer.length) {
            buffer = Arrays.copyOf(buffer, end);
        }
        in.getBytes(in.readerIndex(), buffer, before, n);
        passed = 0;
        int holdFrom = look(before, end);
        boolean untouched = before == 0 && passed == 0 && holdFrom == end;
        byte[] out = untouched ? buffer : collect(holdFrom);
        held = end - holdFrom;
        System.arraycopy(buffer, holdFrom, buffer, 0, held);
        if (held == 0 && buffer.length > KEPT_BUFFER) {
            buffer = new byte[0];
        }
        if (untouched) {
            return content;
        }
        content.release();
        return out.length == 0 ? null : new DefaultHttpContent(Unpooled.wrappedBuffer(out));
    }

    /** No more comes: what passes of what was held back; null: nothing does. */
    @Nullable
    HttpContent end() {
        int n = held;
        held = 0;
        if (n == 0 || judge.is(buffer, 0, n)) {
            return null;
        }
        return new DefaultHttpContent(Unpooled.copiedBuffer(buffer, 0, n));
    }

    /** Looks at new bytes, takes out what is to be; where that begins which has to wait. */
    private int look(int from, int end) {
        int event = from == 0 ? -1 : 0;
        for (int i = from; i < end; i++) {
            byte b = buffer[i];
            boolean pair = b == '\n' && lastWasCr;
            boolean lineEnds = b == '\n' || b == '\r';
            lastWasCr = b == '\r';
            if (pair) {
                if (swallowLf) {
                    takeOut(i, i + 1);
                }
            } else if (place == Place.LINE_BEGIN && lineEnds) {
                eventEnds(event, i + 1);
                event = -1;
            } else {
                event = place == Place.BETWEEN && !lineEnds && b != ':' ? i : event;
                place = next(b, lineEnds);
            }
            swallowLf &= lastWasCr;
        }
        if (event < 0 || passing) {
            return end;
        }
        passing = end - event > LONGEST || !judge.mayBe(buffer, event, end);
        return passing ? end : event;
    }

    private Place next(byte b, boolean lineEnds) {
        return switch (place) {
            case BETWEEN -> lineEnds ? Place.BETWEEN : b == ':' ? Place.COMMENT : Place.LINE;
            case COMMENT -> lineEnds ? Place.BETWEEN : Place.COMMENT;
            case LINE_BEGIN, LINE -> lineEnds ? Place.LINE_BEGIN : Place.LINE;
        };
    }

    private void eventEnds(int event, int end) {
        if (!passing && event >= 0 && judge.is(buffer, event, end)) {
            takeOut(event, end);
            swallowLf = lastWasCr;
        }
        place = Place.BETWEEN;
        passing = false;
    }

    private void takeOut(int from, int to) {
        keep(from);
        passed = to;
    }

    private void keep(int to) {
        if (to > passed) {
            if (rest == null) {
                rest = new ByteArrayOutputStream();
            }
            rest.write(buffer, passed, to - passed);
        }
    }

    private byte[] collect(int end) {
        keep(end);
        ByteArrayOutputStream out = rest;
        rest = null;
        return out == null ? new byte[0] : out.toByteArray();
    }
}
