package io.aiproxy.cli.doctor;

import io.aiproxy.cli.doctor.Step.Verdict;
import java.util.List;

/**
 * What was found at a channel.
 *
 * @param channel its id
 * @param baseUrl where it is
 * @param steps in their order; those after a connection that failed were not tried
 */
public record Examined(String channel, String baseUrl, List<Step> steps) {
    /** Whether calls can work. */
    public boolean well() {
        return steps.stream().noneMatch(step -> step.verdict() == Verdict.BAD);
    }
}
