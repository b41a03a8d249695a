package io.aiproxy.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.EndpointRequiredDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ThrottleDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.jspecify.annotations.Nullable;

/**
 * What a route may not do: what blocks an event loop without saying so, and what would let a route file reach out of the
 * gateway. A step that must block stands behind a {@code threads} step.
 */
final class RouteRules {
    /** Components that run programs or load code. */
    private static final Set<String> FORBIDDEN = Set.of("exec", "docker", "ssh", "language", "class", "groovy", "js");

    private RouteRules() {}

    static void check(DefaultCamelContext context) throws RouteSetException {
        List<String> problems = new ArrayList<>();
        for (RouteDefinition route : context.getRouteDefinitions()) {
            component(route, route.getInput().getEndpointUri(), problems);
            boolean ownThread = isTimerOrQueue(route.getInput().getEndpointUri());
            steps(route, route.getOutputs(), ownThread, problems);
            reference(context, route, problems);
        }
        if (!problems.isEmpty()) {
            throw new RouteSetException(String.join("; ", problems));
        }
    }

    private static boolean isTimerOrQueue(@Nullable String uri) {
        return uri != null && (uri.startsWith("timer:") || uri.startsWith("seda:") || uri.startsWith("scheduler:"));
    }

    private static void steps(
            RouteDefinition route, List<ProcessorDefinition<?>> steps, boolean mayBlock, List<String> problems) {
        boolean offLoop = mayBlock;
        for (ProcessorDefinition<?> step : steps) {
            offLoop |= step.getShortName().equals("threads");
            if (!offLoop && (step instanceof CircuitBreakerDefinition || step instanceof ThrottleDefinition)) {
                problems.add(place(route) + ": the step " + step.getShortName()
                        + " blocks the event loop; put a threads step before it, or use the channel's own settings");
            }
            if (step instanceof EndpointRequiredDefinition endpoint) {
                component(route, endpoint.getEndpointUri(), problems);
            }
            if (step instanceof ToDynamicDefinition dynamic) {
                component(route, dynamic.getUri(), problems);
            }
            steps(route, step.getOutputs(), offLoop, problems);
        }
    }

    private static void component(RouteDefinition route, @Nullable String uri, List<String> problems) {
        if (uri == null) {
            return;
        }
        int colon = uri.indexOf(':');
        String scheme = colon < 0 ? uri : uri.substring(0, colon);
        if (FORBIDDEN.contains(scheme)) {
            problems.add(place(route) + ": the component " + scheme + " is not allowed in routes");
        }
    }

    /** Camel starts a route whose error handling is named but does not exist, and says nothing. */
    private static void reference(DefaultCamelContext context, RouteDefinition route, List<String> problems) {
        String wanted = route.getRouteConfigurationId();
        if (wanted == null) {
            return;
        }
        List<String> ids = context.getRouteConfigurationDefinitions().stream()
                .map(RouteConfigurationDefinition::getId)
                .toList();
        for (String name : wanted.split(",", -1)) {
            String pattern = name.trim();
            boolean found = pattern.endsWith("*")
                    ? ids.stream().anyMatch(id -> id.startsWith(pattern.substring(0, pattern.length() - 1)))
                    : ids.contains(pattern);
            if (!found) {
                problems.add(place(route) + ": there is no routeConfiguration \"" + pattern + "\"");
            }
        }
    }

    private static String place(RouteDefinition route) {
        String location = route.getLocation();
        String file = location == null ? "" : location + (route.getLineNumber() > 0 ? ":" + route.getLineNumber() : "");
        return "route " + route.getRouteId() + (file.isEmpty() ? "" : " (" + file + ")");
    }
}
