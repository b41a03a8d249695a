package io.aiproxy.edge;

import io.aiproxy.config.SystemConfig;
import io.aiproxy.core.Headers;
import io.aiproxy.core.RequestHead;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;

/**
 * Step {@code cors}: what scripts in browsers may do (Fetch standard, 3.3). A browser asks before it sends a script's
 * request to another origin, and asks without the key: such a question ends here. Answers get the fields without which the
 * script could not read them; {@link RouteAnswers} adds those.
 */
final class Cors implements Processor {
    private static final String ALLOW_ORIGIN = "access-control-allow-origin";
    /** How long a browser may remember, in seconds; browsers cut it to two hours at most. */
    private static final String MAX_AGE = "7200";

    private final Policies policies;

    Cors(Policies policies) {
        this.policies = policies;
    }

    @Override
    public void process(Exchange exchange) {
        Journey journey = ExchangeKeys.journey(exchange);
        RequestHead head = journey.call().head();
        if (!head.method().equals("OPTIONS")) {
            return; // nearly every call: nothing is looked up for it
        }
        Headers asked = head.headers();
        Policy policy = policies.current();
        journey.policy(policy);
        String method = asked.get("access-control-request-method");
        if (method == null || allowed(asked, policy.snapshot().system().cors()) == null) {
            return;
        }
        journey.call().uncounted();
        DefaultMessage answer = new DefaultMessage(exchange.getContext());
        answer.setHeader(Exchange.HTTP_RESPONSE_CODE, 204);
        answer.setHeader("access-control-allow-methods", method);
        String headers = asked.get("access-control-request-headers");
        if (headers != null) {
            // Named one by one, because the standard's * does not mean Authorization.
            answer.setHeader("access-control-allow-headers", headers);
        }
        answer.setHeader("access-control-max-age", MAX_AGE);
        answer.setBody(new byte[0]);
        exchange.setMessage(answer);
        exchange.setRouteStop(true);
    }

    /**
     * Adds what a script's browser wants to see in the answer; nothing for anybody else.
     *
     * @param answer the channel's answer, whose {@code Vary} is kept; null for the gateway's own
     */
    static void addTo(List<Map.Entry<String, String>> fields, Journey journey, @Nullable Headers answer) {
        Policy policy = journey.policyIfAny();
        String origin = policy == null
                ? null
                : allowed(
                        journey.call().head().headers(),
                        policy.snapshot().system().cors());
        if (origin == null) {
            return;
        }
        fields.add(Map.entry(ALLOW_ORIGIN, origin));
        fields.add(Map.entry("access-control-expose-headers", "*"));
        if (!origin.equals(SystemConfig.Cors.ANY)) {
            String vary = answer == null ? null : answer.get("vary");
            fields.add(Map.entry("vary", vary == null ? "origin" : vary + ", origin"));
        }
    }

    /** The value for {@code Access-Control-Allow-Origin}; null when nothing is to be said. */
    private static @Nullable String allowed(Headers asked, SystemConfig.Cors cors) {
        String origin = asked.get("origin");
        if (origin == null) {
            return null;
        }
        if (cors.origins().contains(SystemConfig.Cors.ANY)) {
            return SystemConfig.Cors.ANY;
        }
        return cors.origins().contains(origin) ? origin : null;
    }
}
