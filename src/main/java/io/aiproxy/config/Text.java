package io.aiproxy.config;

import io.aiproxy.core.Secret;

/**
 * A scalar's text with its placeholders replaced.
 *
 * @param value the text
 * @param resolved whether something was put in, so that it must not be shown
 * @param at where it stands
 */
record Text(String value, boolean resolved, Value at) {

    void problem(String message) {
        at.problem(message);
    }

    /** The value as a problem may show it. */
    String shown() {
        return resolved ? "***" : Words.quoted(value);
    }

    /** The value as a secret, which from now on no problem text contains. */
    Secret secret() {
        at.source().problems().hide(value);
        return Secret.of(value);
    }
}
