package io.aiproxy.edge;

import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.util.URISupport;
import org.jspecify.annotations.Nullable;

/**
 * Where routes may begin: at a shared server, whose socket the gateway owns, or inside. What a consumer's URI says about a
 * socket would be silently without effect, which is worst for what looks like protection (TLS, passwords, sizes).
 */
final class FrontDoors {
    private static final String SERVER = "nettySharedHttpServer";

    /** The options that the {@link Mux} heeds, and the one by which Camel keeps stack traces to itself. */
    private static final Set<String> OPTIONS =
            Set.of(SERVER, "matchOnUriPrefix", "httpMethodRestrict", "muteException");

    /** In the place of a server for doors that take handshakes: those are always at the gateway's own port. */
    private static final Object HANDSHAKES = new Object();

    /** A path of vertx-websocket may hold parameters, {@code {id}} or {@code :id}; here only a star at its end counts. */
    private static final Pattern NO_PATH = Pattern.compile("[{}]|/:|\\*.");

    /** Components of Camel's own that open sockets, or run what is not the gateway's. */
    private static final Set<String> SOCKETS =
            Set.of("netty", "jetty", "undertow", "vertx-http", "platform-http", "rest");

    private final CamelContext context;
    private final List<Door> doors = new ArrayList<>();

    FrontDoors(CamelContext context) {
        this.context = context;
    }

    /** What one consumer takes. */
    private record Door(String route, Object server, DoorPath path, Set<String> methods) {
        boolean overlaps(Door other) {
            return server == other.server
                    && path.equals(other.path)
                    && (methods.isEmpty() || other.methods.isEmpty() || !Collections.disjoint(methods, other.methods));
        }
    }

    /** Tells what is wrong with the beginning of {@code route}. */
    void check(RouteDefinition route, Consumer<String> tell) {
        String uri = route.getInput().getEndpointUri();
        String scheme = RouteRules.scheme(uri);
        if (RouteRules.FORBIDDEN.contains(scheme)) {
            tell.accept("the component " + scheme + " is not allowed in routes");
        } else if (SOCKETS.contains(scheme)) {
            tell.accept("a route that begins with " + scheme + " would open a socket of its own; begin it with"
                    + " netty-http and " + SERVER + ": \"#gateway\"");
        } else if (uri != null && (scheme.equals("netty-http") || scheme.equals(WebSocketComponent.SCHEME))) {
            try {
                String resolved = RouteRules.resolved(context, uri);
                if (scheme.equals("netty-http")) {
                    netty(route, resolved, tell);
                } else {
                    webSocket(route, resolved, tell);
                }
            } catch (URISyntaxException e) {
                tell.accept("the URI cannot be read: " + e.getMessage());
            }
        }
    }

    private static Map<String, Object> options(String uri) throws URISyntaxException {
        int question = uri.indexOf('?');
        return question < 0 ? Map.of() : URISupport.parseQuery(uri.substring(question + 1));
    }

    private static void idle(Set<String> options, String instead, Consumer<String> tell) {
        if (!options.isEmpty()) {
            tell.accept(String.join(", ", options) + (options.size() == 1 ? " has" : " have")
                    + " no effect here, because" + " the socket is the gateway's; remove it and use " + instead);
        }
    }

    private void webSocket(RouteDefinition route, String uri, Consumer<String> tell) throws URISyntaxException {
        idle(
                new TreeSet<>(options(uri).keySet()),
                "the gateway's settings (flags such as --tls-cert, or websocket of a channel in channels.yaml)",
                tell);
        String own = WebSocketComponent.SCHEME + ":0.0.0.0:" + RouteRules.resolved(context, "{{aiproxy.port}}");
        String address = RouteRules.address(uri);
        String path = address.startsWith(own) ? address.substring(own.length()) : "elsewhere";
        if (!path.isEmpty() && !path.startsWith("/")) {
            tell.accept(
                    "WebSockets come in at the gateway's own address and port, and another has no effect here; write"
                            + " vertx-websocket:0.0.0.0:{{aiproxy.port}}/ and the path");
        } else if (NO_PATH.matcher(path).find()) {
            tell.accept(
                    "the path " + path + " would not be taken as it is meant: there are no path parameters here, and"
                            + " * only counts at the end; write the beginning of the path and *");
        } else {
            Door door =
                    new Door(route.getRouteId(), HANDSHAKES, DoorPath.webSocket(path.isEmpty() ? "/" : path), Set.of());
            open(door, "take another path", tell);
        }
    }

    private void netty(RouteDefinition route, String uri, Consumer<String> tell) throws URISyntaxException {
        Map<String, Object> options = options(uri);
        Object server = server(options.get(SERVER));
        if (server == null) {
            tell.accept("a netty-http consumer without the gateway's server would open a socket of its own; add the"
                    + " parameter " + SERVER + ": \"#gateway\" (or \"#ops\", the operational pages' port)");
            return;
        }
        Set<String> idle = new TreeSet<>(options.keySet());
        idle.removeAll(OPTIONS);
        idle(
                idle,
                "the gateway's settings (flags such as --tls-cert, or limits, client and max_connections in system.yaml)",
                tell);
        String address = RouteRules.address(uri);
        if (address.startsWith("netty-http:https")) {
            tell.accept("https has no effect here, because the socket is the gateway's; write http and give the"
                    + " gateway a certificate (--tls-cert, --tls-key)");
        }
        door(route, server, address, options, tell);
    }

    private @Nullable Object server(@Nullable Object reference) {
        if (!(reference instanceof String name) || !name.startsWith("#")) {
            return null;
        }
        String bean = name.startsWith("#bean:") ? name.substring("#bean:".length()) : name.substring(1);
        SharedServer server = context.getRegistry().lookupByNameAndType(bean, SharedServer.class);
        return server == null ? null : server.mux(); // both names may be of one port
    }

    private void door(
            RouteDefinition route, Object server, String address, Map<String, Object> options, Consumer<String> tell) {
        int authority = address.indexOf("//");
        int slash = authority < 0 ? -1 : address.indexOf('/', authority + 2);
        Object methods = options.get("httpMethodRestrict");
        Door door = new Door(
                route.getRouteId(),
                server,
                DoorPath.http(
                        slash < 0 ? "/" : address.substring(slash), "true".equals(options.get("matchOnUriPrefix"))),
                methods == null
                        ? Set.of()
                        : Set.copyOf(List.of(methods.toString().split("\\s*,\\s*", -1))));
        open(door, "take another path or other methods (httpMethodRestrict)", tell);
    }

    private void open(Door door, String instead, Consumer<String> tell) {
        for (Door other : doors) {
            if (door.overlaps(other)) {
                tell.accept(
                        "the path " + door.path.path() + " belongs to route " + other.route + " already; " + instead);
            }
        }
        doors.add(door);
    }
}
