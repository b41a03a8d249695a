package io.aiproxy.edge;

import java.util.Comparator;

/**
 * The paths that one front door takes.
 *
 * @param path where they begin, undecoded
 * @param reach how far they go
 */
record DoorPath(String path, Reach reach) {
    /** The order in which doors are asked: an exact path before the others, the longer before the shorter. */
    static final Comparator<DoorPath> ORDER = Comparator.comparing((DoorPath door) -> door.reach != Reach.EXACT)
            .thenComparing(Comparator.comparingInt((DoorPath door) -> door.path.length())
                    .reversed())
            .thenComparing(DoorPath::reach);

    /** How far a door's paths go. */
    enum Reach {
        /** This path only. */
        EXACT,
        /** This path and everything below it. */
        BELOW,
        /** Everything that begins with these characters. */
        BEGINNING
    }

    /** As {@code netty-http} has it: a path, with {@code matchOnUriPrefix} everything below it too. */
    static DoorPath http(String path, boolean prefix) {
        return new DoorPath(path, prefix ? Reach.BELOW : Reach.EXACT);
    }

    /**
     * As {@code vertx-websocket} has it: {@code /a} is one path, {@code /a*} everything that begins so, <code>/a/*</code>
     * is {@code /a} and everything below it, so that <code>/*</code> is everything.
     */
    static DoorPath webSocket(String resource) {
        if (!resource.endsWith("*")) {
            return new DoorPath(resource, Reach.EXACT);
        }
        String start = resource.substring(0, resource.length() - 1);
        if (!start.endsWith("/")) {
            return new DoorPath(start, Reach.BEGINNING);
        }
        return new DoorPath(start.length() == 1 ? start : start.substring(0, start.length() - 1), Reach.BELOW);
    }

    /** Whether a call with this path, undecoded, may come in here. */
    boolean takes(String callPath) {
        return switch (reach) {
            case EXACT -> callPath.equals(path);
            case BEGINNING -> callPath.startsWith(path);
            case BELOW ->
                callPath.startsWith(path)
                        && (path.endsWith("/")
                                || callPath.length() == path.length()
                                || callPath.charAt(path.length()) == '/');
        };
    }
}
