package io.aiproxy.config;

import io.aiproxy.core.KeyDigest;
import java.time.Instant;
import java.util.Optional;

/**
 * What an administrator presents to the admin API, an entry under {@code admin_tokens:} in admin.yaml. The token itself is
 * shown once, when it is made, and kept nowhere.
 *
 * @param id the key under {@code admin_tokens:}; versions and the audit log name whoever uses it by this
 * @param digest SHA-256 of the token, {@code sha256}. Required. Unique
 * @param prefix the beginning of the token, for people to recognise it by. Default: empty
 * @param role what it may do: {@code admin, operator, viewer}. Required
 * @param status {@code active} (default) or {@code disabled}
 * @param createdAt when it was made. Default: unknown
 * @param expiresAt from then on it is refused. Default: never
 */
public record AdminTokenConfig(
        String id,
        KeyDigest digest,
        String prefix,
        Role role,
        Status status,
        Optional<Instant> createdAt,
        Optional<Instant> expiresAt) {

    /** What the holder of a token may do. */
    public enum Role {
        /** Everything. */
        ADMIN,
        /** All but what concerns secrets of channels and admin tokens. */
        OPERATOR,
        /** Look, and change nothing. */
        VIEWER
    }
}
