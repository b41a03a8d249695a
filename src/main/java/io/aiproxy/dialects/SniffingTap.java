package io.aiproxy.dialects;

import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Usage;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads an answer that does not say what it is, or says that it is text: model servers of one's own often send JSON and events
 * so, and clients take them. The first character tells which of the two it is; anything else is not read.
 */
final class SniffingTap implements AnswerTap {
    private final Reads reads;
    private final Map<String, String> pointers;
    private @Nullable ReadingTap found;
    private boolean other;

    SniffingTap(Reads reads, Map<String, String> pointers) {
        this.reads = reads;
        this.pointers = pointers;
    }

    @Override
    public void bytes(ByteBuffer part) {
        while (found == null && !other && part.hasRemaining()) {
            look(part);
        }
        if (found != null) {
            found.bytes(part);
        } else {
            part.position(part.limit());
        }
    }

    /** Steps over blanks and a byte order mark, and leaves what comes then. */
    private void look(ByteBuffer part) {
        switch (part.get(part.position())) {
            case ' ', '\t', '\r', '\n', (byte) 0xef, (byte) 0xbb, (byte) 0xbf -> part.get();
            case '{', '[' -> found = new DocumentTap(reads, false, pointers);
            case 'd', 'e', 'i', 'r', ':' ->
                found = new EventStreamTap(reads, pointers); // data, event, id, retry, comment
            default -> other = true;
        }
    }

    @Override
    public void end() {
        if (found != null) {
            found.end();
        }
    }

    @Override
    public Optional<Usage> usage() {
        return found == null ? Optional.empty() : found.usage();
    }

    @Override
    public String model() {
        return found == null ? "" : found.model();
    }

    @Override
    public boolean complete() {
        return found != null && found.complete();
    }

    @Override
    public boolean failed() {
        return found != null && found.failed();
    }

    @Override
    public CharSequence text() {
        return found == null ? "" : found.text();
    }

    @Override
    public long textChars() {
        return found == null ? 0 : found.textChars();
    }
}
