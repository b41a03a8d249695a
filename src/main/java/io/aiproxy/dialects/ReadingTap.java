package io.aiproxy.dialects;

import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Usage;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Shows what passes, byte by byte, to one who reads it. */
abstract class ReadingTap implements AnswerTap {
    private static final int AT_ONCE = 16 * 1024;
    /** Reading an array is much faster than asking a buffer outside the heap for each byte. One per event loop. */
    private static final ThreadLocal<byte[]> SCRATCH = ThreadLocal.withInitial(() -> new byte[AT_ONCE]);

    private final AnswerReading reading;
    private final JsonScan scan;
    private final @Nullable PointedUsage pointed;
    private final @Nullable JsonScan pointedScan;
    private @Nullable JsonScan shown;

    /**
     * @param pointers where numbers stand that are found nowhere else, as in {@link UsageConfig#pointers}
     */
    ReadingTap(AnswerReading reading, Map<String, String> pointers) {
        this.reading = reading;
        this.scan = new JsonScan(reading);
        this.pointed = pointers.isEmpty() ? null : new PointedUsage(pointers);
        this.pointedScan = pointed == null ? null : new JsonScan(pointed);
    }

    /** Shows everything to somebody else, too. Before the first byte. */
    final void show(JsonScan.Visitor visitor) {
        shown = new JsonScan(visitor);
    }

    /** A new document begins. */
    final void begin() {
        scan.begin();
        if (pointedScan != null) {
            pointedScan.begin();
        }
        if (shown != null) {
            shown.begin();
        }
    }

    /** The next bytes of the document. */
    final void document(byte[] bytes, int from, int to) {
        scan.scan(bytes, from, to);
        if (pointedScan != null) {
            pointedScan.scan(bytes, from, to);
        }
        if (shown != null) {
            shown.scan(bytes, from, to);
        }
    }

    /** Whether a document has begun and not ended. */
    final boolean open() {
        return scan.open();
    }

    /** The next bytes; valid during the call only. */
    abstract void read(byte[] bytes, int from, int to);

    @Override
    public final void bytes(ByteBuffer part) {
        if (part.hasArray()) {
            int from = part.arrayOffset() + part.position();
            read(part.array(), from, from + part.remaining());
            part.position(part.limit());
            return;
        }
        byte[] scratch = SCRATCH.get();
        while (part.hasRemaining()) {
            int n = Math.min(part.remaining(), scratch.length);
            part.get(scratch, 0, n);
            read(scratch, 0, n);
        }
    }

    @Override
    public void end() {
        // whatever has come is read
    }

    @Override
    public final Optional<Usage> usage() {
        return pointed == null ? reading.usage() : pointed.over(reading.usage());
    }

    @Override
    public final String model() {
        return reading.model();
    }

    @Override
    public final boolean complete() {
        return reading.complete() || (pointed != null && pointed.complete());
    }

    @Override
    public final boolean failed() {
        return reading.failed() && usage().isEmpty() && textChars() == 0;
    }

    @Override
    public final CharSequence text() {
        return reading.text();
    }

    @Override
    public final long textChars() {
        return reading.textChars();
    }
}
