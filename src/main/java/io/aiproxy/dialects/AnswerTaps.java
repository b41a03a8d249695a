package io.aiproxy.dialects;

import io.aiproxy.config.UsageConfig;
import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Headers;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can be learned from the body of an answer, by the way it is written. */
public final class AnswerTaps {
    /**
     * Values of {@code Content-Encoding} that can be read along, in lower case; {@code br} and {@code zstd} only where this
     * platform has a library for them. What a request accepts beside these hides its usage. Made when this class is
     * loaded, which takes a moment: better at the gateway's start than in the first call.
     */
    public static final Set<String> READABLE_ENCODINGS = readable();

    private static Set<String> readable() {
        Set<String> readable = new LinkedHashSet<>(List.of("identity", "gzip", "x-gzip", "deflate"));
        if (BrotliTap.available()) {
            readable.add("br");
        }
        if (ZstdTap.available()) {
            readable.add("zstd");
        }
        return Collections.unmodifiableSet(readable);
    }

    private static final Logger LOG = LoggerFactory.getLogger(AnswerTaps.class);
    private static final AtomicBoolean UNREADABLE_TOLD = new AtomicBoolean();

    /** Nobody packs more often; who does wants to keep somebody busy. */
    private static final int MOST_CODINGS = 3;

    private AnswerTaps() {}

    /**
     * Somebody who reads along; empty when the body is neither JSON nor a stream of events, nor a
     * transcription as text, or packed in a way that is none of
     * {@link #READABLE_ENCODINGS}. Text is kept only of operations that let a model write ({@link #writes}), and only until
     * the provider has said what was used.
     *
     * @param headers of the answer
     * @param spoken what the caller has asked for
     * @param usage of the channel: its {@code pointers}
     */
    public static Optional<AnswerTap> of(Headers headers, Spoken spoken, UsageConfig usage) {
        Reads reads = Reads.of(spoken);
        String type = headers.get("content-type");
        AnswerTap plain = plain(headers, reads, usage.pointers());
        if (plain == null && reads == Reads.SOUND && isText(type)) {
            plain = new SubtitleTap();
        } else if (plain == null && reads.text() && (type == null || begins(type, "text/plain"))) {
            plain = new SniffingTap(reads, usage.pointers());
        }
        return unpacked(headers.get("content-encoding"), plain);
    }

    /** As {@link #of(Headers, Spoken, UsageConfig)}, of a call and a channel of which nothing is known: usage and model alone. */
    public static Optional<AnswerTap> of(Headers headers) {
        return of(headers, new Spoken(Dialect.GENERIC, SpokenPath.OTHER), UsageConfig.defaults(false));
    }

    /**
     * As {@link #of(Headers, Spoken, UsageConfig)}, of an answer about work that goes on after it: its usage is told once.
     *
     * @param part of that work the call is
     * @param all work that is remembered
     */
    public static Optional<AnswerTap> deferred(
            Headers headers, Spoken spoken, UsageConfig usage, DeferredUse.Part part, DeferredUse all) {
        Reads reads = part.how() == Deferred.FETCHES ? Reads.NOTHING : Reads.of(spoken);
        ReadingTap plain = plain(headers, reads, usage.pointers());
        return unpacked(headers.get("content-encoding"), plain == null ? null : new DeferredTap(plain, part, all));
    }

    /** Whether a model writes text for this, so that usage can be estimated where it is not told. */
    public static boolean writes(Spoken spoken) {
        return Reads.of(spoken).text();
    }

    private static @Nullable ReadingTap plain(Headers headers, Reads reads, Map<String, String> pointers) {
        String type = headers.get("content-type");
        if (type == null) {
            return null;
        }
        if (begins(type, "text/event-stream")) {
            return new EventStreamTap(reads, pointers);
        }
        if (begins(type, "application/x-ndjson") || begins(type, "application/jsonl")) {
            return new DocumentTap(reads, true, pointers);
        }
        boolean json = begins(type, "application/json") || begins(type, "text/json");
        return json || type.toLowerCase(Locale.ROOT).contains("+json") ? new DocumentTap(reads, false, pointers) : null;
    }

    /** What OpenAI calls text, srt and vtt (response_format of its transcriptions). */
    private static boolean isText(@Nullable String type) {
        return type != null
                && (begins(type, "text/plain") || begins(type, "text/vtt") || begins(type, "application/x-subrip"));
    }

    private static boolean begins(String value, String with) {
        return value.regionMatches(true, 0, with, 0, with.length());
    }

    /** The first coding was applied first, so the last one is undone first (RFC 9110, 8.4). */
    private static Optional<AnswerTap> unpacked(@Nullable String encoding, @Nullable AnswerTap plain) {
        if (plain == null || encoding == null || encoding.isBlank()) {
            return Optional.ofNullable(plain);
        }
        String[] codings = encoding.split(",", MOST_CODINGS + 1);
        if (codings.length > MOST_CODINGS) {
            return Optional.empty();
        }
        AnswerTap tap = plain;
        for (int i = 0; i < codings.length && tap != null; i++) {
            tap = unpacking(codings[i].strip().toLowerCase(Locale.ROOT), tap);
        }
        if (tap == null && UNREADABLE_TOLD.compareAndSet(false, true)) {
            LOG.warn(
                    "Usage is not read in answers with Content-Encoding: {}, which are passed as they are (told once)",
                    encoding.substring(0, Math.min(encoding.length(), 40)));
        }
        return Optional.ofNullable(tap);
    }

    private static @Nullable AnswerTap unpacking(String coding, AnswerTap plain) {
        return switch (coding) {
            case "", "identity" -> plain;
            case "gzip", "x-gzip" -> new InflatingTap(plain, true);
            case "deflate" -> new InflatingTap(plain, false);
            case "br" -> BrotliTap.of(plain);
            case "zstd" -> ZstdTap.of(plain);
            default -> null;
        };
    }
}
