package io.aiproxy.core;

import java.util.Locale;

/** The API family that a caller speaks: it decides how failures are rendered and where facts stand in a request. */
public enum Dialect {
    /** OpenAI's REST API and the many that imitate it. */
    OPENAI,
    /** Anthropic's Messages API. */
    ANTHROPIC,
    /** Google's Gemini and Vertex APIs. */
    GOOGLE,
    /** Alibaba's native DashScope API (its compatible mode is {@link #OPENAI}). */
    DASHSCOPE,
    /** Anything else: passed through, failures rendered in OpenAI's shape, which most clients can read. */
    GENERIC;

    private final String tag = name().toLowerCase(Locale.ROOT);

    /** The word used in YAML, in metrics and in route files, e.g. {@code openai}. */
    public String tag() {
        return tag;
    }
}
