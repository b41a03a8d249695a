package io.aiproxy.config;

import io.aiproxy.core.Origin;
import io.aiproxy.core.Target;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way out to an endpoint beside a channel, such as the one that gives its tokens. It is the channel's own way, decided
 * anew for the endpoint's host: a channel without {@code egress_proxy} goes by the environment's variables, and
 * {@code NO_PROXY} may name one of the two hosts and not the other. Any thread.
 */
public final class EndpointEgress {
    private final Function<String, @Nullable String> environment;

    /** @param environment the value of an environment variable, null if it is not set */
    public EndpointEgress(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /**
     * The proxy that leads to {@code endpoint}; empty: none is needed. A proxy that the channel names itself is taken for
     * the endpoint too, because its {@code no_proxy} speaks of the channel's host; this machine is always direct.
     */
    public Optional<Target.Egress> egress(ChannelConfig channel, URI endpoint) {
        Origin origin = Urls.origin(endpoint);
        Optional<Target.Egress> own = channel.target().egress();
        if (NoProxy.local(origin)) {
            return Optional.empty();
        }
        boolean byEnvironment = own.equals(fromEnvironment(channel.target().origin()));
        return byEnvironment ? fromEnvironment(origin) : own;
    }

    private Optional<Target.Egress> fromEnvironment(Origin origin) {
        String url = variable(origin.tls() ? "HTTPS_PROXY" : "HTTP_PROXY");
        List<String> direct = Arrays.asList(variable("NO_PROXY").split("[,\\s]+"));
        if (url.isEmpty() || NoProxy.local(origin) || new NoProxy(direct).matches(origin)) {
            return Optional.empty();
        }
        try {
            return Optional.of(EgressReader.parse(url));
        } catch (IllegalArgumentException unusable) {
            return Optional.empty(); // the reader of a channel that needs it has complained
        }
    }

    /** The lower-case spelling wins, as in curl. */
    private String variable(String name) {
        String lower = environment.apply(name.toLowerCase(Locale.ROOT));
        String value = lower == null ? environment.apply(name) : lower;
        return value == null ? "" : value.strip();
    }
}
