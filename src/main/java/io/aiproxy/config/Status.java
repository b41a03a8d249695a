package io.aiproxy.config;

/** Whether something is in use. */
public enum Status {
    ACTIVE,
    DISABLED
}
