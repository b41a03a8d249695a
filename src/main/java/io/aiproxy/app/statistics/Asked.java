package io.aiproxy.app.statistics;

import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.admin.UsageDesk.Question;
import io.aiproxy.core.Percent;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The parameters of a question. Whatever is wrong with one is told with its name and what would be right. */
final class Asked {
    private final Question question;

    Asked(Question question) {
        this.question = question;
    }

    static Declined malformed(String name, String expected) {
        return new Declined(Declined.Why.MALFORMED, name + ": expected " + expected + ".");
    }

    Question question() {
        return question;
    }

    /** Refuses every parameter but these: one that nobody knows would be a filter that does not filter. */
    void only(Collection<String> known) throws Declined {
        for (String name : question.parameters().keySet()) {
            if (!known.contains(name)) {
                String shown = name.length() > 40 ? name.substring(0, 40) + "..." : name;
                throw new Declined(
                        Declined.Why.MALFORMED,
                        shown + ": this parameter means nothing here; there are: "
                                + String.join(", ", new TreeSet<>(known)) + ".");
            }
        }
    }

    /** All values of a parameter that may stand there several times. */
    List<String> values(String name) {
        return question.parameters().getOrDefault(name, List.of());
    }

    /** The value of a parameter that may stand there once; one without a value counts as absent. */
    Optional<String> text(String name) throws Declined {
        List<String> values = values(name);
        if (values.size() > 1) {
            throw malformed(name, "one value, but it stands there " + values.size() + " times");
        }
        return values.stream().filter(value -> !value.isEmpty()).findFirst();
    }

    int integer(String name, int least, int most, int fallback) throws Declined {
        Optional<String> text = text(name);
        if (text.isEmpty()) {
            return fallback;
        }
        try {
            int number = Integer.parseInt(text.get());
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw malformed(name, "a whole number from " + least + " to " + most);
    }

    boolean flag(String name) throws Declined {
        return word(name, Set.of("true", "false"), "false").equals("true");
    }

    /** One of a few words, in lower case. */
    String word(String name, Set<String> words, String fallback) throws Declined {
        String word = text(name).orElse(fallback).toLowerCase(Locale.ROOT);
        if (!words.contains(word)) {
            throw malformed(name, "one of " + String.join(", ", new TreeSet<>(words)));
        }
        return word;
    }

    /** The same question with other values of these parameters, as a reference. */
    String again(Map<String, String> changed) {
        String others = question.parameters().entrySet().stream()
                .filter(parameter -> !changed.containsKey(parameter.getKey()))
                .flatMap(parameter -> parameter.getValue().stream().map(value -> pair(parameter.getKey(), value)))
                .collect(Collectors.joining());
        String changes = changed.entrySet().stream()
                .map(parameter -> pair(parameter.getKey(), parameter.getValue()))
                .collect(Collectors.joining());
        String query = others + changes;
        return question.path() + "?" + query.substring(0, Math.max(0, query.length() - 1));
    }

    private static String pair(String name, String value) {
        return Percent.encode(name) + "=" + Percent.encode(value) + "&";
    }
}
