package io.aiproxy.config;

import java.time.Instant;
import java.util.Optional;

/** The entries under {@code admin_tokens:}. One binder for all of them, because no token may stand twice. */
final class AdminBinder {
    private final DigestReader digests = new DigestReader();

    /** The token; empty if it is no mapping. If it has problems, the caller must not use it. */
    Optional<AdminTokenConfig> bind(String id, Value at) {
        Rules.checkAdminTokenId(id, at);
        return at.fields().flatMap(fields -> token(id, fields));
    }

    private Optional<AdminTokenConfig> token(String id, NodeReader fields) {
        fields.refuse("token", "must not stand here: only its digest does, as sha256 (aiproxy key hash prints it)");
        Optional<Text> digest = fields.required("sha256", "the digest of the token, as aiproxy key hash prints it");
        String prefix = DigestReader.prefix(fields);
        Optional<AdminTokenConfig.Role> role = fields.choice("role", AdminTokenConfig.Role.class);
        if (!fields.has("role")) {
            fields.problem("role", "is missing; what the token may do: admin, operator or viewer");
        }
        Status status = fields.choice("status", Status.class, Status.ACTIVE);
        Optional<Instant> createdAt = fields.text("created_at").flatMap(Times::begin);
        Optional<Instant> expiresAt = fields.text("expires_at").flatMap(Times::end);
        fields.done();
        return digest.map(digests::hashed)
                .flatMap(of ->
                        role.map(what -> new AdminTokenConfig(id, of, prefix, what, status, createdAt, expiresAt)));
    }
}
