package io.aiproxy.edge;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.LineNumberAware;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.OnExceptionDefinition;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.jspecify.annotations.Nullable;

/**
 * What a route may not do: what blocks an event loop without saying so, what opens a socket that the gateway knows nothing
 * of, and what would let a route file reach out of the gateway. Looked at before a route set is started, because Camel
 * would find some of it only when a call arrives, and the rest without naming the file.
 */
final class RouteRules {
    /** Components that run programs or load code. */
    static final Set<String> FORBIDDEN = Set.of("exec", "docker", "ssh", "language", "class", "groovy", "js");

    /** Components that wait for a disk or for another server; those that read bring a thread of their own. */
    static final Set<String> BLOCKING = Set.of("file", "smtp", "smtps", "imap", "imaps", "pop3", "pop3s");

    /** What a route begins with that no event loop runs. */
    private static final Set<String> THREADED = Set.of("timer", "seda", "scheduler");

    private final DefaultCamelContext context;
    private final List<String> problems = new ArrayList<>();

    private RouteRules(DefaultCamelContext context) {
        this.context = context;
    }

    /** Throws with every problem of the routes that {@code context} has loaded, each with its file and line. */
    static void check(DefaultCamelContext context) throws RouteSetException {
        RouteRules rules = new RouteRules(context);
        rules.routes();
        if (!rules.problems.isEmpty()) {
            throw new RouteSetException(String.join("; ", rules.problems));
        }
    }

    private void routes() {
        Set<String> direct = new HashSet<>();
        for (RouteDefinition route : context.getRouteDefinitions()) {
            String uri = route.getInput().getEndpointUri();
            if (uri != null && uri.startsWith("direct:")) {
                direct.add(address(resolved(context, uri)));
            }
        }
        FrontDoors doors = new FrontDoors(context);
        for (RouteDefinition route : context.getRouteDefinitions()) {
            String place = place(route, route.getInput());
            doors.check(route, problem -> problems.add(place + ": " + problem));
            String owner = "route " + route.getRouteId();
            new RouteSteps(context, direct, owner, problems).check(route.getOutputs(), hasThreads(route));
            reference(route);
        }
        for (RouteConfigurationDefinition configuration : context.getRouteConfigurationDefinitions()) {
            String owner = "routeConfiguration " + configuration.getId();
            for (OnExceptionDefinition handler : configuration.getOnExceptions()) {
                new RouteSteps(context, direct, owner, problems).check(handler.getOutputs(), false);
            }
        }
    }

    /** Timers, queues and what looks for files or mail have threads of their own. */
    private static boolean hasThreads(RouteDefinition route) {
        String scheme = scheme(route.getInput().getEndpointUri());
        return THREADED.contains(scheme) || BLOCKING.contains(scheme);
    }

    /** Camel starts a route whose error handling is named but does not exist, and says nothing. */
    private void reference(RouteDefinition route) {
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
                problems.add(place(route, route) + ": there is no routeConfiguration \"" + pattern + "\"; there are: "
                        + String.join(", ", ids));
            }
        }
    }

    private static String place(RouteDefinition route, LineNumberAware at) {
        return "route " + route.getRouteId() + at(at, route);
    }

    /** Where the route with this id stands, for what Camel says of it without naming a file. */
    static String place(DefaultCamelContext context, String routeId) {
        RouteDefinition route = context.getRouteDefinition(routeId);
        return route == null ? "route " + routeId : place(route, route);
    }

    /** {@code " (file:line)"}, as far as it is known; {@code otherwise} is asked for what {@code at} does not know. */
    private static String at(LineNumberAware at, LineNumberAware otherwise) {
        LineNumberAware known = at.getLocation() != null ? at : otherwise;
        return at(known.getLocation(), known.getLineNumber());
    }

    /** As {@link #at(LineNumberAware, LineNumberAware)}; lines count from 1, and one that is less is not known. */
    static String at(@Nullable String location, int line) {
        if (location == null) {
            return "";
        }
        String file = location.startsWith("file:") ? location.substring("file:".length()) : location;
        return " (" + file + (line > 0 ? ":" + line : "") + ")";
    }

    /** What stands before the first colon. */
    static String scheme(@Nullable String uri) {
        int colon = uri == null ? -1 : uri.indexOf(':');
        return uri == null ? "" : colon < 0 ? uri : uri.substring(0, colon);
    }

    /** A URI without its options and slashes: {@code direct://a?b=c} and {@code direct:a} are the same place. */
    static String address(String uri) {
        int question = uri.indexOf('?');
        return (question < 0 ? uri : uri.substring(0, question)).replaceFirst(":/*", ":");
    }

    /** With placeholders filled in; as it stands when one has no value, which Camel tells at the start. */
    static String resolved(CamelContext context, String uri) {
        try {
            return context.resolvePropertyPlaceholders(uri);
        } catch (IllegalArgumentException e) {
            return uri;
        }
    }
}
