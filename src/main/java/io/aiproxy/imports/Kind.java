package io.aiproxy.imports;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The systems whose files are understood. */
public enum Kind {
    /** {@code channels_config.json} and {@code api_keys.json}, or the YAML files of the same system. */
    AIPROXY,
    /** The Flow proxy's {@code secrets.json} and {@code .env}. */
    FLOW,
    /** The OAuth2 proxy's {@code map-config.json} with its service account files. */
    OAUTH2,
    /** LiteLLM's {@code config.yaml}. */
    LITELLM,
    /** LiteLLM's list of prices. */
    LITELLM_PRICES,
    /** A channel export of one-api or new-api. */
    ONE_API;

    /** On the command line, e.g. {@code one-api}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind of this word; {@code new-api} is {@link #ONE_API} too. */
    public static Optional<Kind> of(String word) {
        String wanted = word.equals("new-api") ? ONE_API.word() : word;
        return Arrays.stream(values())
                .filter(kind -> kind.word().equals(wanted))
                .findFirst();
    }
}
