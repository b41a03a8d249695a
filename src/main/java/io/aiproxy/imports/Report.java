package io.aiproxy.imports;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What became of everything that stood in the imported files, for people. Holds no secret. */
public final class Report {
    private final Map<String, Integer> taken = new LinkedHashMap<>();
    private final List<String> withoutCounterpart = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    Report() {}

    /** One more of these was taken. */
    void taken(String what) {
        taken.merge(what, 1, Integer::sum);
    }

    /** It has no counterpart here, so it was left out. */
    void noCounterpart(Place place, String why) {
        withoutCounterpart.add(place + ": " + why);
    }

    /** It looks like a mistake, and somebody should look at it. */
    void looksWrong(Place place, String what) {
        wrong.add(place + ": " + what);
    }

    /** Something that the operator should know or do. */
    void note(String text) {
        if (!notes.contains(text)) {
            notes.add(text);
        }
    }

    /** How many things look wrong. */
    public int wrong() {
        return wrong.size();
    }

    /** The report, line by line. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        int sum = taken.values().stream().mapToInt(Integer::intValue).sum();
        lines.add("Taken (" + sum + "):");
        if (taken.isEmpty()) {
            lines.add("  nothing");
        }
        taken.forEach((what, count) -> lines.add("  " + count + " " + (count == 1 ? what : plural(what))));
        section(lines, "No counterpart", withoutCounterpart);
        section(lines, "Looks wrong", wrong);
        section(lines, "To know", notes);
        return lines;
    }

    private static String plural(String what) {
        return what.endsWith("key") ? what + "s" : what.replaceFirst("y$", "ie") + "s";
    }

    private static void section(List<String> lines, String title, List<String> entries) {
        if (!entries.isEmpty()) {
            lines.add("");
            lines.add(title + " (" + entries.size() + "):");
            entries.forEach(entry -> lines.add("  " + entry));
        }
    }
}
