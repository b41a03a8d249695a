package io.aiproxy.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An object with known keys in an imported file. Whoever reads it asks for all keys that it understands and then calls
 * {@link #done()}, which tells the others. Keys that begin with an underscore are comments.
 */
final class Entry {
    private static final Pattern DURATION = Pattern.compile("[0-9]{1,9}(ms|s|m|h)");
    private static final BigDecimal LONGEST = BigDecimal.valueOf(1_000_000);

    private final ObjectNode node;
    private final Place place;
    private final Report report;
    private final Set<String> known = new HashSet<>();

    private Entry(ObjectNode node, Place place, Report report) {
        this.node = node;
        this.place = place;
        this.report = report;
    }

    /** The object; empty, and told, if it is none. */
    static Optional<Entry> of(JsonNode node, Place place, Report report) {
        if (node instanceof ObjectNode object) {
            return Optional.of(new Entry(object, place, report));
        }
        report.looksWrong(place, "is not an object {…}; not taken");
        return Optional.empty();
    }

    Place place() {
        return place;
    }

    Place at(String key) {
        return place.at(key);
    }

    /** Whether something stands there. */
    boolean has(String key) {
        known.add(key);
        return node.hasNonNull(key);
    }

    /** A text or number as text, without the space around it; empty if there is none or it is blank. */
    Optional<String> text(String key) {
        if (!has(key)) {
            return Optional.empty();
        }
        JsonNode value = node.get(key);
        if (!value.isValueNode()) {
            report.looksWrong(at(key), "is not a single value; not taken");
            return Optional.empty();
        }
        String text = value.asText().strip();
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** A name for people: on one line. */
    Optional<String> label(String key) {
        return text(key)
                .map(text -> text.replaceAll("\\p{Cntrl}+", " ").strip())
                .filter(text -> !text.isEmpty());
    }

    /** A whole number, at least {@code least}; one that is none is told. */
    Optional<Integer> number(String key, int least) {
        Optional<String> text = text(key);
        try {
            Optional<Integer> number = text.map(digits -> new BigDecimal(digits).intValueExact());
            if (number.isPresent() && number.get() < least) {
                report.looksWrong(at(key), "must not be less than " + least + "; not taken");
            }
            return number.filter(value -> value >= least);
        } catch (ArithmeticException | NumberFormatException e) {
            report.looksWrong(at(key), "is not a whole number; not taken");
            return Optional.empty();
        }
    }

    /** A time span in our words; a bare number is seconds. */
    Optional<String> seconds(String key) {
        Optional<String> text = text(key);
        if (text.isEmpty() || DURATION.matcher(text.get()).matches()) {
            return text;
        }
        try {
            BigDecimal seconds = new BigDecimal(text.get()).stripTrailingZeros();
            if (seconds.signum() > 0 && seconds.compareTo(LONGEST) <= 0 && seconds.scale() <= 3) {
                return Optional.of(seconds.toPlainString() + "s");
            }
        } catch (NumberFormatException e) {
            // told below
        }
        report.looksWrong(at(key), "is not a number of seconds above 0; not taken");
        return Optional.empty();
    }

    /** True or false, in any of the usual words. */
    Optional<Boolean> flag(String key) {
        Optional<String> text = text(key).map(word -> word.toLowerCase(Locale.ROOT));
        Optional<Boolean> flag = text.filter(
                        Set.of(
                                "true",
                                "false",
                                "yes",
                                "no",
                                "on",
                                "off",
                                "1",
                                "0",
                                "enable",
                                "disable",
                                "enabled",
                                "disabled")::contains)
                .map(word -> !Set.of("false", "no", "off", "0", "disable", "disabled")
                        .contains(word));
        if (text.isPresent() && flag.isEmpty()) {
            report.looksWrong(at(key), "is neither true nor false; not taken");
        }
        return flag;
    }

    /** An object below this. */
    Optional<Entry> child(String key) {
        return has(key) ? of(node.get(key), at(key), report) : Optional.empty();
    }

    /** The fields of an object whose keys are free, without comments. */
    Map<String, JsonNode> map(String key) {
        Map<String, JsonNode> map = new LinkedHashMap<>();
        if (has(key) && node.get(key) instanceof ObjectNode object) {
            object.properties().stream()
                    .filter(field -> !field.getKey().startsWith("_"))
                    .forEach(field -> map.put(field.getKey(), field.getValue()));
        } else if (has(key)) {
            report.looksWrong(at(key), "is not an object {…}; not taken");
        }
        return map;
    }

    /** The elements of a list; a single value is a list of one. */
    List<JsonNode> list(String key) {
        List<JsonNode> list = new ArrayList<>();
        if (has(key)) {
            JsonNode value = node.get(key);
            if (value.isArray()) {
                value.forEach(list::add);
            } else {
                list.add(value);
            }
        }
        return list;
    }

    /** Tells that a key, if it is there, has no counterpart. */
    void without(String key, String why) {
        if (has(key) && !(node.get(key).isContainerNode() && node.get(key).isEmpty())) {
            report.noCounterpart(at(key), why);
        }
    }

    /** Tells that none of the keys nobody has asked for so far has a counterpart. */
    void withoutRest(String why) {
        rest().forEach(key -> report.noCounterpart(at(key), why));
    }

    /** Tells the keys that nobody has asked for. */
    void done() {
        rest().forEach(key -> report.looksWrong(at(key), "unknown key; not taken"));
    }

    private List<String> rest() {
        List<String> rest = new ArrayList<>();
        node.fieldNames().forEachRemaining(key -> {
            if (!known.contains(key) && !key.startsWith("_")) {
                rest.add(key);
            }
        });
        known.addAll(rest);
        return rest;
    }
}
