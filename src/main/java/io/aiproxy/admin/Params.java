package io.aiproxy.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The parameters of a query. A parameter that nobody knows is refused: it would be a filter that does not filter. */
final class Params {
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, List<String>> lists = new LinkedHashMap<>();

    /**
     * Reads a query; throws a refusal for one that is broken.
     *
     * @param repeats whether a parameter may stand there twice; if not, such a query is refused too
     */
    Params(String query, boolean repeats) {
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
            lists.computeIfAbsent(name, unused -> new ArrayList<>()).add(value);
            if (values.putIfAbsent(name, value) != null && !repeats) {
                throw Refusal.malformed("A parameter of the query stands there twice.");
            }
        }
    }

    /** Percent-decoded, in UTF-8; {@code +} is a blank. */
    private static String decoded(String text) {
        try {
            String decoded = URLDecoder.decode(text, StandardCharsets.UTF_8);
            if (Json.sound(decoded)) {
                return decoded;
            }
        } catch (IllegalArgumentException e) {
            // told below
        }
        throw Refusal.malformed("The query is not percent-encoded as it should be.");
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** Of every parameter all values, in their order. */
    Map<String, List<String>> lists() {
        return lists;
    }

    Map<String, String> all() {
        return values;
    }

    /** Refuses every parameter but these. */
    void only(Set<String> known) {
        for (String name : values.keySet()) {
            if (!known.contains(name)) {
                throw Refusal.malformed("The query has a parameter that means nothing here; there are: "
                        + (known.isEmpty()
                                ? "none"
                                : String.join(", ", known.stream().sorted().toList())) + ".");
            }
        }
    }

    int integer(String name, int least, int most, int fallback) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw Refusal.malformed(name + ": expected a whole number from " + least + " to " + most + ".");
    }

    boolean flag(String name) {
        String text = values.getOrDefault(name, "false");
        if (!Set.of("true", "false").contains(text)) {
            throw Refusal.malformed(name + ": expected true or false.");
        }
        return text.equals("true");
    }

    /** A timestamp, or a date: its beginning, UTC. */
    Instant instant(String name, Instant fallback) {
        String text = values.get(name);
        if (text == null) {
            return fallback;
        }
        try {
            return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
        } catch (DateTimeParseException noTimestamp) {
            try {
                return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
            } catch (DateTimeParseException noDate) {
                throw Refusal.malformed(
                        name + ": expected a date such as 2027-01-31 or a timestamp with offset such as "
                                + "2027-01-31T18:00:00Z.");
            }
        }
    }
}
