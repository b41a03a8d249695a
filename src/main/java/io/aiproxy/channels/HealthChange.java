package io.aiproxy.channels;

import java.time.Duration;
import java.util.Optional;

/**
 * A candidate is not as it was.
 *
 * @param at which
 * @param before how it was
 * @param now how it is
 * @param reason why, in a word such as {@code throttled}; empty when it is well
 * @param lasts for how long, where that is known
 */
public record HealthChange(Bound at, Condition before, Condition now, String reason, Optional<Duration> lasts) {}
