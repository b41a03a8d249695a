package io.aiproxy.credentials;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Ticker;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * One token to be made: for whom, and with what.
 *
 * @param channel the channel that wants it
 * @param credential what it is made from
 * @param http leads to token endpoints
 * @param ticker the time
 */
record TokenOrder(ChannelConfig channel, CredentialConfig credential, TokenHttp http, Ticker ticker) {

    /** Fills the recipe's templates. */
    Template template() {
        return new Template(this);
    }

    /** Wall-clock seconds since 1970, the unit of {@code iat} and {@code exp} (RFC 7519, 2). */
    long nowSeconds() {
        return Math.floorDiv(ticker.millis(), 1000L);
    }

    /**
     * The operator has to correct something.
     *
     * @param why what, as the rest of a sentence
     */
    FailureException misconfigured(String why) {
        return Failure.of(
                        FailureKind.CHANNEL_MISCONFIGURED,
                        "The token of the channel \"" + channel.id() + "\" cannot be made from its credential \""
                                + credential.name() + "\": " + why
                                + ". The operator of the gateway must correct this.")
                .asException();
    }

    /**
     * The token endpoint did not give a token.
     *
     * @param endpoint which; only its host is told
     * @param why what it did instead, as the rest of a sentence that begins with its name
     */
    FailureException unavailable(URI endpoint, String why) {
        return unavailable(endpoint, why, Optional.empty());
    }

    /**
     * As {@link #unavailable(URI, String)}.
     *
     * @param patience how long the endpoint is not to be asked again, if it has said so
     */
    FailureException unavailable(URI endpoint, String why, Optional<Duration> patience) {
        return failed("the token endpoint at " + host(endpoint) + " " + why, patience);
    }

    /**
     * There is no token.
     *
     * @param why why, as the rest of a sentence
     */
    FailureException failed(String why) {
        return failed(why, Optional.empty());
    }

    private FailureException failed(String why, Optional<Duration> patience) {
        return new Failure(
                        FailureKind.UPSTREAM_TOKEN_UNAVAILABLE,
                        "No token for the channel \"" + channel.id() + "\" with its credential \"" + credential.name()
                                + "\": " + why + ".",
                        patience)
                .asException();
    }

    private static String host(URI endpoint) {
        String host = endpoint.getHost().toLowerCase(Locale.ROOT);
        return endpoint.getPort() < 0 ? host : host + ":" + endpoint.getPort();
    }

    @Override
    public String toString() {
        return channel.id() + "/" + credential.name();
    }
}
