package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;

/**
 * What a caller speaks.
 *
 * @param dialect the API family
 * @param operation the call within it, one word of a fixed set such as {@code chat} or {@code messages.count_tokens};
 *     {@code other} when it is not known. Never a piece of the request, so it is safe as a metric's tag
 */
public record Spoken(Dialect dialect, String operation) {}
