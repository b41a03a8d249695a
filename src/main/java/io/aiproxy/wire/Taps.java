package io.aiproxy.wire;

import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Transcript;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who reads an answer's body along while it passes to the caller, and what is known beforehand of what a call will use.
 * Confined to the call's event loop.
 */
public final class Taps {
    /** How much of a request is kept for an estimate. */
    private static final int EXCERPT = 16 * 1024;

    private static final char UNREADABLE = '\uFFFD';

    private @Nullable PrefixTap prefix;
    private @Nullable AnswerTap whole;
    private @Nullable Expected expected;
    private byte @Nullable [] asked;

    Taps() {}

    /**
     * A call that uses tokens.
     *
     * @param estimate whether they are estimated if the provider does not tell them
     * @param text whether the request's body is text
     * @param maxTokens the bound that the caller has set for the output; 0: none
     */
    public record Expected(boolean estimate, boolean text, long maxTokens) {}

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

    /** Whether somebody reads all of it. */
    boolean readsWhole() {
        return whole != null;
    }

    /** A channel begins to work on the call; {@code what} it is expected to use, empty: no tokens. */
    public void expect(Optional<Expected> what) {
        expected = what.orElse(null);
    }

    /** Nothing was used: the channel could not be reached or has answered with an error. */
    public void expectNothing() {
        expected = null;
    }

    /** Whether a channel has worked on something that uses tokens. */
    boolean expects() {
        return expected != null;
    }

    /** The body is about to be dropped: keeps its beginning if that may be needed. How many bytes are kept. */
    int keepAsked(Body body) {
        Expected what = expected;
        if (what == null || !what.estimate) {
            return 0;
        }
        byte[] kept = what.text ? beginning(body) : new byte[0];
        asked = kept;
        return kept.length;
    }

    private static byte[] beginning(Body body) {
        if (body.isEmpty()) {
            return new byte[0];
        }
        if (body.size() <= EXCERPT) {
            return body.bytes();
        }
        byte[] kept = new byte[EXCERPT];
        int n = 0;
        for (byte[] segment : body.segments()) {
            int part = Math.min(segment.length, EXCERPT - n);
            System.arraycopy(segment, 0, kept, n, part);
            n += part;
        }
        return kept;
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

    /** No more bytes come. Who has read all of them, if anybody has; once. */
    @Nullable
    AnswerTap end() {
        AnswerTap reader = whole;
        whole = null;
        if (reader != null) {
            reader.end();
        }
        return reader;
    }

    /** What an estimate can be made from; empty when none is wanted. */
    Optional<Transcript> transcript(Call call, @Nullable AnswerTap reader) {
        Expected what = expected;
        if (what == null || !what.estimate) {
            return Optional.empty();
        }
        if (asked == null) { // the caller has left before there was an answer
            keepAsked(call.body());
        }
        return Optional.of(new Transcript(
                text(asked, call.bodySize()),
                call.bodySize(),
                reader == null ? "" : reader.text().toString(),
                reader == null ? 0 : reader.textChars(),
                what.maxTokens));
    }

    private static String text(byte @Nullable [] bytes, long size) {
        if (bytes == null) {
            return "";
        }
        int end = bytes.length;
        String text = new String(bytes, StandardCharsets.UTF_8);
        boolean cut = end < size && !text.isEmpty() && text.charAt(text.length() - 1) == UNREADABLE;
        return cut ? text.substring(0, text.length() - 1) : text; // a character that the end has gone through
    }
}
