package io.aiproxy.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.Optional;

/** {@code health:} of a channel. */
final class HealthReader {
    private static final int LARGEST_WINDOW = 10_000;
    private static final Duration SHORTEST_INTERVAL = Duration.ofSeconds(1);
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private HealthReader() {}

    /** Made for the first probe that has a body as text: few configurations have one, and every start would wait for it. */
    private static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper();

        private Json() {}
    }

    static HealthConfig read(NodeReader channel) {
        NodeReader health = channel.child("health");
        HealthConfig config =
                new HealthConfig(breaker(health.child("breaker")), cooldown(health.child("cooldown")), probe(health));
        health.done();
        return config;
    }

    private static HealthConfig.Breaker breaker(NodeReader breaker) {
        HealthConfig.Breaker standard = HealthConfig.DEFAULT.breaker();
        int window = breaker.integer("window", 1, LARGEST_WINDOW, standard.window());
        int minimum = breaker.integer("minimum_calls", 1, LARGEST_WINDOW, Math.min(window, standard.minimumCalls()));
        if (minimum > window) {
            breaker.problem("minimum_calls", "must not be more than window, " + window + ": so many are never seen");
        }
        HealthConfig.Breaker config = new HealthConfig.Breaker(
                breaker.flag("enabled", standard.enabled()),
                breaker.percent("failure_rate", standard.failureRate()),
                breaker.span("slow_call", standard.slowCall()),
                breaker.percent("slow_call_rate", standard.slowCallRate()),
                window,
                minimum,
                breaker.span("open", standard.open()),
                breaker.integer("half_open_calls", 1, LARGEST_WINDOW, standard.halfOpenCalls()));
        breaker.done();
        return config;
    }

    private static HealthConfig.Cooldown cooldown(NodeReader cooldown) {
        HealthConfig.Cooldown standard = HealthConfig.DEFAULT.cooldown();
        HealthConfig.Cooldown config = new HealthConfig.Cooldown(
                cooldown.duration("refused", standard.refused()), cooldown.duration("throttled", standard.throttled()));
        cooldown.done();
        return config;
    }

    private static Optional<HealthConfig.Probe> probe(NodeReader health) {
        Optional<NodeReader> given = health.value("probe").flatMap(Value::fields);
        return given.map(probe -> {
            Optional<Text> path = probe.required("path", "what is asked for, e.g. /v1/models");
            path.filter(text -> !Rules.requestPath(text.value()))
                    .ifPresent(text -> text.problem("must begin with / and have only ASCII characters without spaces"));
            String method = TokenRequestReader.method(probe, "GET");
            Optional<String> body = probe.value("body").map(HealthReader::body);
            if (body.isPresent() && (method.equals("GET") || method.equals("HEAD"))) {
                probe.problem("body", "needs another method, e.g. method: POST");
            }
            Duration interval = probe.duration("interval", INTERVAL);
            if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
                probe.problem("interval", "must be at least 1s");
            }
            HealthConfig.Probe config = new HealthConfig.Probe(
                    method, path.map(Text::value).orElse("/"), body, interval, probe.span("timeout", TIMEOUT));
            probe.done();
            return config;
        });
    }

    /** JSON as a text, or a mapping or list that becomes JSON. */
    private static String body(Value at) {
        if (at.isMap() || at.isList()) {
            return JsonReader.read(at, text -> {}).toString();
        }
        String text = at.text().map(Text::value).orElse("");
        try {
            if (Json.MAPPER.readTree(text).isMissingNode()) {
                at.problem("is empty; leave it out, or write JSON");
            }
        } catch (JsonProcessingException notJson) {
            at.problem("is not JSON; write it as a mapping, or in '…'");
        }
        return text;
    }
}
