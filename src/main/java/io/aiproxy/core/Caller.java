package io.aiproxy.core;

/**
 * Who makes a call, as far as the rest of the gateway needs to know.
 *
 * @param userId the user's stable id; statistics are kept by it
 * @param userName the name shown to people; may change and need not be unique
 * @param keyName the name of the proxy key that was presented, never the key
 */
public record Caller(String userId, String userName, String keyName) {}
