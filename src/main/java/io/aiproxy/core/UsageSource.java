package io.aiproxy.core;

import java.util.Locale;

/** Where the numbers of a {@link Usage} come from. */
public enum UsageSource {
    /** The provider has told all of them. */
    PROVIDER,
    /** The provider has told nothing, or not the last word; what is missing was counted from the text. */
    ESTIMATED,
    /** Nothing was used, or nobody can know. */
    NONE;

    private final String tag = name().toLowerCase(Locale.ROOT);

    /** The word used in records, logs and metrics. */
    public String tag() {
        return tag;
    }
}
