package io.aiproxy.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. Its message is all problems, one per line, sorted by file and line. */
public final class ConfigException extends Exception {
    private final List<Problem> problems;
    private final List<Path> files;

    ConfigException(List<Problem> problems, List<Path> files) {
        super(problems.stream().sorted().map(Problem::toString).collect(Collectors.joining("\n")));
        this.problems = problems.stream().sorted().toList();
        this.files = List.copyOf(files);
    }

    /** Everything that is wrong, sorted by file and line; never empty. */
    public List<Problem> problems() {
        return problems;
    }

    /** Every file that was read or looked for: a change of any of them may mend the configuration. */
    public List<Path> files() {
        return files;
    }
}
