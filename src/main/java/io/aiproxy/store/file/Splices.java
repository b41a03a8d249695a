package io.aiproxy.store.file;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Replacements of pieces of a text, made all at once. */
final class Splices {
    private final String text;
    private final String lineEnd;
    private final List<Splice> all = new ArrayList<>();

    private record Splice(int from, int to, String instead) {}

    Splices(String text) {
        this.text = text;
        int first = text.indexOf('\n');
        this.lineEnd = first > 0 && text.charAt(first - 1) == '\r' ? "\r\n" : "\n";
    }

    /** In place of the chars from {@code from} to before {@code to} there will be {@code instead}. */
    void replace(int from, int to, String instead) {
        all.add(new Splice(from, to, instead));
    }

    /** Whole lines, ended with {@code \n}, before the line that begins at {@code at}, or at the text's end. */
    void lines(int at, String lines) {
        boolean unended = at > 0 && text.charAt(at - 1) != '\n';
        all.add(new Splice(at, at, (unended ? "\n" : "") + lines));
    }

    /** The beginning of the line of this place. */
    int lineStart(int at) {
        return text.lastIndexOf('\n', at - 1) + 1;
    }

    /** The beginning of the line behind that of this place, or the text's end. */
    int nextLine(int at) {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end + 1;
    }

    /** The new text. Line ends in what was put in are those of the text. */
    String applied() {
        all.sort(Comparator.comparingInt(Splice::from).thenComparingInt(Splice::to));
        StringBuilder out = new StringBuilder();
        int at = 0;
        for (Splice splice : all) {
            if (splice.from() < at) {
                throw new IllegalStateException("overlapping edits");
            }
            out.append(text, at, splice.from()).append(splice.instead().replace("\n", lineEnd));
            at = splice.to();
        }
        return out.append(text, at, text.length()).toString();
    }
}
