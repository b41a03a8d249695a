package io.aiproxy.credentials;

import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.Target;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Words for endpoints that give no answer at all. */
final class TokenTrouble {
    private TokenTrouble() {}

    /** The exception itself, without the wrappings of futures. */
    static Throwable unwrapped(Throwable thrown) {
        Throwable inner = thrown;
        while (inner instanceof CompletionException && inner.getCause() != null) {
            inner = inner.getCause();
        }
        return inner;
    }

    /** Whether the connection broke, as one does that the server has closed long ago, and a new one may hold. */
    static boolean worthRepeating(Throwable thrown) {
        Throwable inner = unwrapped(thrown);
        return inner instanceof IOException
                && !(inner instanceof ConnectException)
                && !(inner instanceof SSLException)
                && !(inner instanceof HttpTimeoutException)
                && !tunnel(inner)
                && find(inner, BoundedBody.TooLarge.class) == null;
    }

    /** The failure for what the client has thrown. The cause is kept for the log: such exceptions hold nothing of a request. */
    static FailureException of(
            TokenOrder order, URI endpoint, Optional<Target.Egress> proxy, Duration timeout, Throwable thrown) {
        Throwable inner = unwrapped(thrown);
        if (inner instanceof FailureException known) {
            return known;
        }
        String through = proxy.map(p -> " through the egress proxy " + p.host() + ":" + p.port())
                .orElse("");
        Failure failure =
                order.unavailable(endpoint, words(inner, timeout, through)).failure();
        return failure.asException(inner);
    }

    private static String words(Throwable thrown, Duration timeout, String through) {
        if (thrown instanceof TimeoutException || thrown instanceof HttpTimeoutException) {
            return "has not answered within " + text(timeout);
        }
        if (find(thrown, BoundedBody.TooLarge.class) != null) {
            return "has answered with more than " + (TokenHttp.LARGEST_ANSWER >> 10) + " KiB";
        }
        if (find(thrown, UnknownHostException.class) != null
                || find(thrown, UnresolvedAddressException.class) != null) {
            return "cannot be reached" + through + ": the name does not resolve";
        }
        if (thrown instanceof ConnectException) {
            return "cannot be reached" + through;
        }
        if (tunnel(thrown)) {
            return "cannot be reached" + through + ", which does not lead there";
        }
        if (find(thrown, SSLException.class) != null) {
            return "has a certificate that is not trusted, or does not speak TLS as the gateway does";
        }
        if (thrown instanceof IOException || thrown instanceof CancellationException) {
            return "has closed the connection" + through + " without a usable answer";
        }
        return "could not be asked (" + thrown.getClass().getSimpleName() + ")";
    }

    /** What the JDK's client says when a proxy has refused to make a tunnel. */
    private static boolean tunnel(Throwable thrown) {
        return thrown instanceof IOException
                && thrown.getMessage() != null
                && thrown.getMessage().startsWith("Tunnel failed");
    }

    private static <T extends Throwable> @Nullable T find(Throwable thrown, Class<T> type) {
        Throwable at = thrown;
        for (int depth = 0; at != null && depth < 10; depth++, at = at.getCause()) {
            if (type.isInstance(at)) {
                return type.cast(at);
            }
        }
        return null;
    }

    /** {@code 10s}, as people write it. */
    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }
}
