package io.aiproxy.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * Something that an administrator did, or was refused.
 *
 * @param at when
 * @param author who, from where
 * @param action what was attempted, e.g. {@code user.update}
 * @param target the id of what it was attempted on; may be empty
 * @param outcome {@code attempted} before a change is made and {@code done} after it, or the code of the
 *     refusal, e.g. {@code forbidden}
 * @param before the entry before, its secrets masked
 * @param after the entry after, its secrets masked
 */
public record AuditEvent(
        Instant at,
        Author author,
        String action,
        String target,
        String outcome,
        Optional<JsonNode> before,
        Optional<JsonNode> after) {}
