package io.aiproxy.credentials;

import io.aiproxy.config.TokenConfig;
import io.aiproxy.core.FailureException;
import java.util.concurrent.CompletionStage;

/** Makes tokens of one kind. Stateless: everything that a token depends on is in the order. */
interface TokenRecipe {
    /**
     * Makes or fetches a token. Never called on event loops: it may take as long as a signature.
     *
     * @return completes on any thread, exceptionally with a {@link FailureException}
     * @throws FailureException as the stage does
     */
    CompletionStage<Token> make(TokenOrder order);

    /** Whether a token is worth keeping over a restart: one that another server gives is, one that is signed here is not. */
    default boolean kept() {
        return true;
    }

    /** The recipe of a channel. */
    static TokenRecipe of(TokenConfig config) {
        if (config instanceof TokenConfig.Jwt jwt) {
            return new JwtRecipe(jwt);
        }
        if (config instanceof TokenConfig.GoogleServiceAccount google) {
            return new GoogleRecipe(google);
        }
        if (config instanceof TokenConfig.ClientCredentials client) {
            return new ClientCredentialsRecipe(client);
        }
        return new LoginRecipe((TokenConfig.Login) config);
    }
}
