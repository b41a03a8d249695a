package io.aiproxy.config;

import java.nio.file.Path;
import java.util.Comparator;

/**
 * One thing that is wrong with the configuration. Never contains a secret.
 *
 * @param file the file in which it stands
 * @param line from 1; 0 when the problem is the file itself
 * @param column from 1, in characters; 0 when the problem is the file itself
 * @param field where it stands in the file's structure, e.g. {@code users.zhangsan.keys[0].status}; may be empty
 * @param message what is wrong and what to do about it
 */
public record Problem(Path file, int line, int column, String field, String message) implements Comparable<Problem> {
    private static final Comparator<Problem> ORDER = Comparator.comparing((Problem p) -> p.file.toString())
            .thenComparingInt(Problem::line)
            .thenComparingInt(Problem::column)
            .thenComparing(Problem::field)
            .thenComparing(Problem::message);

    @Override
    public int compareTo(Problem other) {
        return ORDER.compare(this, other);
    }

    /** {@code users.yaml:12:5 users.zhangsan.status: "activ" is not allowed; …}, on one line. */
    @Override
    public String toString() {
        Path name = file.getFileName() == null ? file : file.getFileName();
        String place = line > 0 ? ":" + line + ":" + column + " " : field.isEmpty() ? ": " : " ";
        return name + place + (field.isEmpty() ? "" : field + ": ") + message;
    }
}
