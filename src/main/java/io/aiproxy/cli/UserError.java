package io.aiproxy.cli;

/** Something that the person at the keyboard can mend: told in one sentence, without a stack trace, exit code 1. */
final class UserError extends Exception {
    UserError(String message) {
        super(message, null, false, false);
    }
}
