package io.aiproxy.credentials;

import io.aiproxy.core.Secret;

/**
 * What a recipe has made or fetched.
 *
 * @param value the token, as the channel is shown it
 * @param expiresAtMillis until when it is used, wall clock
 */
record Token(Secret value, long expiresAtMillis) {}
