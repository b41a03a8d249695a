package io.aiproxy.channels;

/**
 * Where something was created upstream and therefore lives.
 *
 * @param channel the channel's id
 * @param credential the credential's name
 */
public record Bound(String channel, String credential) {}
