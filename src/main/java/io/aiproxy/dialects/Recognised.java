package io.aiproxy.dialects;

/**
 * What the head of a request says about the call.
 *
 * @param spoken API family and operation
 * @param template the path with placeholders for what callers choose, of a fixed table; {@code other} when it is not there
 */
public record Recognised(Spoken spoken, String template) {}
