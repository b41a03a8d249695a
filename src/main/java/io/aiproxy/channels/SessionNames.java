package io.aiproxy.channels;

import io.aiproxy.config.GroupConfig;

/** Tells which session a call belongs to, as a group wants to know it. */
@FunctionalInterface
public interface SessionNames {
    /** No call belongs to a session. */
    SessionNames NONE = session -> "";

    /** The session's name, which is unique among all callers; empty when the call names none. */
    String of(GroupConfig.Session session);
}
