package io.aiproxy.app;

/** The process was told to stop while its gateway started. No defect: it has no stack trace. */
final class StartGivenUp extends RuntimeException {
    StartGivenUp() {
        super("told to stop while it started", null, false, false);
    }
}
