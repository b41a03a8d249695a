package io.aiproxy.config;

import java.util.Optional;
import java.util.Set;

/**
 * What {@code token:} of a channel asks of the channel's credentials.
 *
 * @param present whether there is a token at all
 * @param config the recipe; empty if there is none, or none that can be read
 * @param needs the fields that every credential must have
 * @param pem those of them that must be private keys in PEM
 * @param google whether a credential is a Google service account
 */
record TokenRecipe(boolean present, Optional<TokenConfig> config, Set<String> needs, Set<String> pem, boolean google) {
    /** The field into which {@code key_file} is read. */
    static final String KEY_JSON = "key_json";

    /** The credential is sent as it is. */
    static final TokenRecipe NONE = new TokenRecipe(false, Optional.empty(), Set.of(), Set.of(), false);

    /** There is something that cannot be read, so nobody knows what it needs. */
    static final TokenRecipe UNREADABLE = new TokenRecipe(true, Optional.empty(), Set.of(), Set.of(), false);
}
