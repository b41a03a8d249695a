package io.aiproxy.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;

/** What one load of the configuration gathers besides its result: problems, warnings, files, secrets to be kept out of both. */
final class Problems {
    /** Shorter values are too likely to be part of an ordinary word to be struck out everywhere. */
    private static final int LEAST_SECRET = 6;

    private final List<Problem> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    /** Some more than once. */
    private final List<String> secrets = new ArrayList<>();
    /** Secrets by their beginnings, so that thousands of problems can be searched for thousands of secrets. */
    private final Map<String, Set<String>> byBeginning = new HashMap<>();
    /** How many of the secrets are there: a good configuration has no text in which they would have to be looked for. */
    private int sortedIn;

    private final Set<Path> files = new LinkedHashSet<>();

    void add(Path file, @Nullable Mark mark, String field, String message) {
        int line = mark == null ? 0 : mark.getLine() + 1;
        int column = mark == null ? 0 : mark.getColumn() + 1;
        add(new Problem(file, line, column, field, message));
    }

    void add(Problem problem) {
        problems.add(problem);
    }

    /** Something that works but that the operator should know. Told only when the configuration comes into force. */
    void warn(String message) {
        warnings.add(message);
    }

    /** From now on, and for everything gathered already, {@code value} is {@code ***}. */
    void hide(String value) {
        if (value.length() >= LEAST_SECRET) {
            secrets.add(value);
        }
    }

    /** Notes that the configuration depends on a file, whether it exists or not. */
    void file(Path file) {
        files.add(file);
    }

    int count() {
        return problems.size();
    }

    /** How much there is to be told up to now, warnings included. */
    int told() {
        return problems.size() + warnings.size();
    }

    /** By file and line. */
    List<Problem> sorted() {
        return problems.stream().distinct().map(this::withoutSecrets).sorted().toList();
    }

    List<Path> files() {
        return List.copyOf(files);
    }

    List<String> warnings() {
        return warnings.stream().distinct().map(this::withoutSecrets).toList();
    }

    void throwIfAny() throws ConfigException {
        if (!problems.isEmpty()) {
            throw new ConfigException(
                    problems.stream().distinct().map(this::withoutSecrets).toList(), files());
        }
    }

    private Problem withoutSecrets(Problem problem) {
        return new Problem(
                problem.file(),
                problem.line(),
                problem.column(),
                withoutSecrets(problem.field()),
                withoutSecrets(problem.message()));
    }

    private String withoutSecrets(String text) {
        for (; sortedIn < secrets.size(); sortedIn++) {
            String secret = secrets.get(sortedIn);
            byBeginning
                    .computeIfAbsent(secret.substring(0, LEAST_SECRET), beginning -> new HashSet<>())
                    .add(secret);
        }
        StringBuilder clean = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            int length = secretAt(text, at);
            if (length > 0) {
                clean.append("***");
                at += length;
            } else {
                clean.append(text.charAt(at++));
            }
        }
        return clean.toString();
    }

    /** Length of the longest secret that stands there; 0 for none. */
    private int secretAt(String text, int at) {
        if (at + LEAST_SECRET > text.length()) {
            return 0;
        }
        return byBeginning.getOrDefault(text.substring(at, at + LEAST_SECRET), Set.of()).stream()
                .filter(secret -> text.startsWith(secret, at))
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }
}
