package io.aiproxy.wire;

import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Usage;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Who reads an answer's body along while it passes to the caller. Confined to the call's event loop. */
public final class Taps {
    private @Nullable PrefixTap prefix;
    private @Nullable AnswerTap whole;

    Taps() {}

    /**
     * Shows the beginning of the body to {@code reader}.
     *
     * @param max how many bytes at most
     * @param reader called with all bytes so far whenever more have come; says whether it has seen enough
     */
    public void prefix(int max, Predicate<byte[]> reader) {
        prefix = new PrefixTap(max, reader);
    }

    /** Shows the whole body to {@code reader}, whose usage goes into the receipt. */
    public void whole(AnswerTap reader) {
        whole = reader;
    }

    void bytes(ByteBuf bytes) {
        PrefixTap beginning = prefix;
        if (beginning != null && beginning.read(bytes)) {
            prefix = null;
        }
        AnswerTap reader = whole;
        if (reader == null) {
            return;
        }
        if (bytes.nioBufferCount() == 1) {
            reader.bytes(bytes.nioBuffer());
        } else {
            for (var part : bytes.nioBuffers()) {
                reader.bytes(part);
            }
        }
    }

    /** No more bytes come. What was used, if anybody has found it. */
    Optional<Usage> end() {
        AnswerTap reader = whole;
        whole = null;
        if (reader == null) {
            return Optional.empty();
        }
        reader.end();
        return reader.usage();
    }
}
