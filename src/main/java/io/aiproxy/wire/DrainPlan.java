package io.aiproxy.wire;

import io.aiproxy.core.AnswerTap;
import io.aiproxy.core.Headers;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/**
 * How an answer is read to its end when its caller has left, to learn what it has used.
 *
 * @param time at most so long, from the moment when the caller left
 * @param bytes at most so many bytes of the body more
 * @param reader who reads an answer along that had not begun when the caller left; empty: nothing can be learned from it
 */
public record DrainPlan(Duration time, long bytes, Function<Headers, Optional<AnswerTap>> reader) {}
