package io.aiproxy.app.doctor;

/** A step has failed, and those that need it are not tried. Its message says what is wrong and what to do. */
final class StepFailure extends Exception {
    StepFailure(String message) {
        super(message, null, false, false);
    }
}
