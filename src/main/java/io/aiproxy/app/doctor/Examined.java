package io.aiproxy.app.doctor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.app.doctor.Step.Verdict;
import java.util.List;
import java.util.Locale;

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

    /** As JSON: {@code channel, base_url, well, steps}. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("channel", channel).put("base_url", baseUrl).put("well", well());
        ArrayNode all = json.putArray("steps");
        for (Step step : steps) {
            all.addObject()
                    .put("step", step.name())
                    .put("at", step.at())
                    .put("credential", step.credential())
                    .put("verdict", step.verdict().name().toLowerCase(Locale.ROOT))
                    .put("ms", step.millis())
                    .put("text", step.text());
        }
        return json;
    }
}
