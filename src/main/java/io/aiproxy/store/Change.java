package io.aiproxy.store;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * An entry as it shall be.
 *
 * @param kind of the entry
 * @param id of the entry
 * @param body what shall stand there, as JSON; empty: the entry goes
 */
public record Change(Kind kind, String id, Optional<JsonNode> body) {}
