package io.aiproxy.dialects;

import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Headers;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What can be learned from the body of an answer, by the way it is written. */
public final class AnswerTaps {
    private AnswerTaps() {}

    /**
     * Somebody who reads along; empty when the body is neither JSON nor a stream of events, or packed in a way that cannot
     * be read ({@code br}, {@code zstd}).
     *
     * @param headers of the answer
     */
    public static Optional<AnswerTap> of(Headers headers) {
        String type = lower(headers.get("content-type"));
        AnswerTap tap;
        if (type.startsWith("text/event-stream")) {
            tap = new EventStreamTap();
        } else if (type.startsWith("application/json") || type.contains("+json") || type.startsWith("text/json")) {
            tap = new DocumentTap();
        } else {
            return Optional.empty();
        }
        return switch (lower(headers.get("content-encoding")).strip()) {
            case "", "identity" -> Optional.of(tap);
            case "gzip", "x-gzip" -> Optional.of(new InflatingTap(tap, true));
            case "deflate" -> Optional.of(new InflatingTap(tap, false));
            default -> Optional.empty();
        };
    }

    private static String lower(@Nullable String value) {
        return value == null ? "" : value.toLowerCase(Locale.ROOT);
    }
}
