package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.Headers;
import io.aiproxy.core.RequestHead;

/** Tells which API a caller speaks from path and headers alone. */
public final class Dialects {
    private static final String DASHSCOPE_HEADER = "x-dashscope-";

    private Dialects() {}

    /**
     * Which API a request speaks. A path that only one API has decides; then the headers that only one API has; then a
     * path that several share ({@code /v1/models}, {@code /v1/files}) counts as OpenAI's. What stands before the known
     * part of the path (a channel's name) does not matter.
     *
     * <p>Called on the event loop for every call: no regular expressions, no reading of the body.
     */
    public static Spoken detect(RequestHead head) {
        return detect(head, SpokenPath.of(head.target()));
    }

    /** As {@link #detect}, with the path's template: both are read in one go. */
    public static Recognised recognise(RequestHead head) {
        SpokenPath path = SpokenPath.of(head.target());
        return new Recognised(detect(head, path), PathTemplates.of(path));
    }

    private static Spoken detect(RequestHead head, SpokenPath path) {
        if (path.certain()) {
            return new Spoken(path.dialect(), path.operation());
        }
        Dialect told = told(head.headers());
        return new Spoken(told == Dialect.GENERIC ? path.dialect() : told, path.operation());
    }

    /** What the headers say; {@link Dialect#GENERIC} when nothing. */
    private static Dialect told(Headers headers) {
        if (headers.contains("anthropic-version")) {
            return Dialect.ANTHROPIC;
        }
        if (headers.contains("x-goog-api-key")) {
            return Dialect.GOOGLE;
        }
        boolean[] dashscope = new boolean[1];
        headers.forEach((name, value) -> dashscope[0] |= isDashScope(name, value));
        return dashscope[0] ? Dialect.DASHSCOPE : Dialect.GENERIC;
    }

    /** DashScope's SDKs send their own fields with most calls, and always {@code User-Agent: dashscope/…}. */
    private static boolean isDashScope(String name, String value) {
        return name.regionMatches(true, 0, DASHSCOPE_HEADER, 0, DASHSCOPE_HEADER.length())
                || (name.equalsIgnoreCase("user-agent") && value.startsWith("dashscope/"));
    }
}
