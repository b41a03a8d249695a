package io.aiproxy.limits;

import java.util.Locale;

/** Whose limit it is. */
public enum Scope {
    /** Of a user, with all keys together. */
    USER,
    /** Of one proxy key. */
    KEY,
    /** Of all members of a user group together. */
    GROUP,
    /** Of each member of a user group. */
    MEMBER,
    /** Of a channel, for all callers together. */
    CHANNEL;

    private final String tag = name().toLowerCase(Locale.ROOT);

    /** The word used in counters' names and in metrics. */
    public String tag() {
        return tag;
    }
}
