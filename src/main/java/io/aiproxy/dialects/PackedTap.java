package io.aiproxy.dialects;

import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Usage;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Unpacks a copy of what passes for another tap. What cannot be unpacked ends there, and so does what the other one learns. */
abstract class PackedTap implements AnswerTap {
    /** What unpacks to more than so many times its length is made to harm, or broken, and would keep the event loop busy. */
    private static final long MOST_TIMES = 250;

    private static final long HARMLESS = 1 << 20;

    private final AnswerTap reader;
    private long packed;
    private long unpacked;

    PackedTap(AnswerTap reader) {
        this.reader = reader;
    }

    /** Lets the other tap see what was unpacked; whether it is reasonable to go on. */
    final boolean plain(ByteBuffer part) {
        unpacked += part.remaining();
        reader.bytes(part);
        return unpacked < HARMLESS || unpacked / MOST_TIMES < packed;
    }

    /** Unpacks the next bytes. */
    abstract void unpack(ByteBuffer part);

    @Override
    public final void bytes(ByteBuffer part) {
        packed += part.remaining();
        unpack(part);
    }

    /** Lets go of what was needed for unpacking. Any number of times. */
    abstract void close();

    @Override
    public final void end() {
        close();
        reader.end();
    }

    @Override
    public final Optional<Usage> usage() {
        return reader.usage();
    }

    @Override
    public final String model() {
        return reader.model();
    }

    @Override
    public final boolean complete() {
        return reader.complete();
    }

    @Override
    public final boolean later() {
        return reader.later();
    }

    @Override
    public final String work() {
        return reader.work();
    }

    @Override
    public final boolean failed() {
        return reader.failed();
    }

    @Override
    public final CharSequence text() {
        return reader.text();
    }

    @Override
    public final long textChars() {
        return reader.textChars();
    }
}
