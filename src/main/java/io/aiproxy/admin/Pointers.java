package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.Problem;
import java.util.List;
import java.util.Optional;

/** Turns the places of problems, {@code users.zhangsan.keys[0].name}, into pointers into the body that was sent. */
final class Pointers {
    private Pointers() {}

    /** What is wrong, told in terms of the request that made it so. */
    static List<Refusal.Wrong> of(ConfigException problems, Optional<Ask.Place> place) {
        return of(problems.problems(), place);
    }

    /** As above. */
    static List<Refusal.Wrong> of(List<Problem> problems, Optional<Ask.Place> place) {
        return problems.stream().map(problem -> of(problem, place)).toList();
    }

    private static Refusal.Wrong of(Problem problem, Optional<Ask.Place> place) {
        Optional<String> inside = place.flatMap(at -> inside(problem.field(), at));
        if (place.isPresent() && inside.isPresent()) {
            Ask.Place at = place.get();
            return new Refusal.Wrong(at.within() + pointer(inside.get(), at.body()), problem.message());
        }
        return new Refusal.Wrong(
                "", problem.field().isEmpty() ? problem.message() : problem.field() + ": " + problem.message());
    }

    /** What follows behind the place; empty if it is elsewhere. */
    private static Optional<String> inside(String field, Ask.Place at) {
        String base = at.kind().key() + "." + at.id() + (at.base().isEmpty() ? "" : "." + at.base());
        if (!field.startsWith(base)) {
            return Optional.empty();
        }
        String rest = field.substring(base.length());
        return rest.isEmpty() || rest.startsWith(".") || rest.startsWith("[") ? Optional.of(rest) : Optional.empty();
    }

    /** A name may hold dots itself: of those in the body the longest that fits counts. */
    private static String pointer(String path, JsonNode body) {
        StringBuilder pointer = new StringBuilder();
        JsonNode at = body;
        String rest = path;
        while (!rest.isEmpty()) {
            if (rest.startsWith("[")) {
                int end = rest.indexOf(']');
                String index = end < 0 ? "" : rest.substring(1, end);
                if (!index.matches("[0-9]{1,9}")) {
                    break;
                }
                if (at.isArray()) { // a single value stands for a list of one
                    pointer.append('/').append(index);
                    at = at.path(Integer.parseInt(index));
                }
                rest = rest.substring(end + 1);
                continue;
            }
            String names = rest.startsWith(".") ? rest.substring(1) : rest;
            String name = name(names, at);
            if (name.isEmpty()) {
                break;
            }
            pointer.append('/').append(escaped(name));
            at = at.path(name);
            rest = names.substring(name.length());
        }
        return pointer.toString();
    }

    private static String name(String names, JsonNode at) {
        String best = "";
        for (var field : at.properties()) {
            String name = field.getKey();
            String rest = names.startsWith(name) ? names.substring(name.length()) : "x";
            boolean fits = rest.isEmpty() || rest.startsWith(".") || rest.startsWith("[");
            if (fits && name.length() > best.length()) {
                best = name;
            }
        }
        return best.isEmpty() ? names.split("[.\\[]", 2)[0] : best;
    }

    /** RFC 6901, 3. */
    static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
