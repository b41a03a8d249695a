package io.aiproxy.edge;

/** A route set that cannot be used. The message says which file and what about it, for the log and the status page. */
public final class RouteSetException extends Exception {
    RouteSetException(String message) {
        super(message);
    }

    private RouteSetException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Camel nests the reason several exceptions deep; the message tells every level once, outermost first. */
    static RouteSetException of(Exception e) {
        return e instanceof RouteSetException already ? already : of(e, "");
    }

    /** As {@link #of(Exception)}, with the place that Camel does not tell. */
    static RouteSetException of(Exception e, String place) {
        StringBuilder text = new StringBuilder(place);
        Throwable level = e;
        while (level != null) {
            String message = level.getMessage() == null ? level.getClass().getSimpleName() : level.getMessage();
            if (text.indexOf(message) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(message);
            }
            level = level.getCause() == level ? null : level.getCause();
        }
        return new RouteSetException(text.toString(), e);
    }
}
