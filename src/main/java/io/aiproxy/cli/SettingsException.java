package io.aiproxy.cli;

import java.util.List;

/** The settings cannot be used: all their problems at once. */
final class SettingsException extends Exception {
    private final transient List<Problem> problems;

    /**
     * One problem.
     *
     * @param source where the bad value came from: a flag, an environment variable, a file and its key
     * @param text what is wrong with it and what to do
     * @param usage whether the command line itself is ill-formed, and not what it names
     */
    record Problem(String source, String text, boolean usage) {
        @Override
        public String toString() {
            return source + ": " + text;
        }
    }

    SettingsException(List<Problem> problems) {
        super(problems.toString(), null, false, false);
        this.problems = List.copyOf(problems);
    }

    List<Problem> problems() {
        return problems;
    }

    /** What the process ends with: 2 if the command line is wrong, otherwise 1. */
    int exitCode() {
        return problems.stream().anyMatch(Problem::usage) ? 2 : 1;
    }
}
