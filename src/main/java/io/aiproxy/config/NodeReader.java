package io.aiproxy.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A mapping with known keys. Every method that takes a key makes it known, so a binder asks for all its keys, whether it
 * needs the answers or not, and calls {@link #done()} at the end, which tells the unknown ones. A value that cannot be
 * used is told as a problem and answered with the fallback: the configuration will not be used, but all of it is read.
 */
final class NodeReader {
    private static final Map<String, Boolean> FLAGS = new LinkedHashMap<>();

    static {
        FLAGS.put("true", true);
        FLAGS.put("false", false);
        FLAGS.put("yes", true);
        FLAGS.put("no", false);
        FLAGS.put("on", true);
        FLAGS.put("off", false);
    }

    /** The words of each type of enum: made once, and not for every key. */
    private static final ClassValue<Map<String, ?>> WORDS = new ClassValue<>() {
        @Override
        protected Map<String, ?> computeValue(Class<?> type) {
            Map<String, Object> words = new LinkedHashMap<>();
            for (Object constant : type.getEnumConstants()) {
                String name = ((Enum<?>) constant).name();
                words.put(name.toLowerCase(Locale.ROOT).replace('_', '-'), constant);
            }
            return Collections.unmodifiableMap(words);
        }
    };

    private final Value at;
    private final Map<String, Value.Entry> fields;
    /** Every key that was asked for, some more than once: there are many mappings, and few unknown keys. */
    private final List<String> known = new ArrayList<>();

    private final Set<String> refused = new LinkedHashSet<>();

    NodeReader(Value at, Map<String, Value.Entry> fields) {
        this.at = at;
        this.fields = fields;
    }

    void problem(String message) {
        at.problem(message);
    }

    /** Tells a problem at the key's value, or at the mapping if the key is missing. */
    void problem(String key, String message) {
        Value.Entry entry = fields.get(key);
        if (entry == null) {
            at.source().problem(at.node(), joined(at.field(), key), message);
        } else {
            entry.value().problem(message);
        }
    }

    /** Something that works but that the operator should know. */
    void warn(String message) {
        at.source().problems().warn(at.source().file().getFileName() + ": " + message);
    }

    /** As above, about the value of a key. */
    void warn(String key, String message) {
        at.source().problems().warn(joined(at.field(), key) + " " + message);
    }

    boolean has(String key) {
        return value(key).isPresent();
    }

    /** The value of a key; empty if it is missing or nothing stands behind its colon. */
    Optional<Value> value(String key) {
        known.add(key);
        Value.Entry entry = fields.get(key);
        @Nullable Value value = entry == null || entry.value().isNull() ? null : entry.value();
        Source.Keys keys = at.source().keys();
        if (keys.gathers()) {
            String shape = joined(at.shape(), key);
            keys.known().add(shape);
            if (value != null) {
                keys.used().add(shape);
            }
        }
        return Optional.ofNullable(value);
    }

    Optional<Text> text(String key) {
        return value(key).flatMap(Value::text);
    }

    /** The text of a key that must be given and not empty. */
    Optional<Text> required(String key, String hint) {
        if (!has(key)) {
            problem(key, "is missing; " + hint);
            return Optional.empty();
        }
        Optional<Text> text = text(key);
        if (text.isPresent() && text.get().value().isBlank()) {
            problem(key, "is empty; " + hint);
            return Optional.empty();
        }
        return text;
    }

    String string(String key, String fallback) {
        return text(key).map(Text::value).orElse(fallback);
    }

    /** A name or remark for people and logs, on one line. */
    String label(String key, String fallback) {
        Optional<Text> text = text(key).filter(t -> !t.value().isBlank());
        if (text.isPresent() && text.get().value().chars().anyMatch(Character::isISOControl)) {
            text.get().problem("must be a single line without control characters");
        }
        return text.map(Text::value).orElse(fallback);
    }

    List<Text> texts(String key) {
        List<Text> texts = new ArrayList<>();
        for (Value item : value(key).map(Value::items).orElse(List.of())) {
            item.text().ifPresent(texts::add);
        }
        return texts;
    }

    /** Free keys and their texts. */
    Map<String, Text> map(String key) {
        Map<String, Text> map = new LinkedHashMap<>();
        value(key).map(Value::entries).orElse(Map.of()).forEach((name, value) -> value.text()
                .ifPresent(text -> map.put(name, text)));
        return map;
    }

    /** The mapping under a key; one without fields if it is missing, so that its keys become known all the same. */
    NodeReader child(String key) {
        return value(key).flatMap(Value::fields).orElseGet(() -> {
            Value empty = new Value(at.source(), at.node(), at.place().key(key), joined(at.shape(), key));
            return new NodeReader(empty, Map.of());
        });
    }

    Duration duration(String key, Duration fallback) {
        return parsed(key, Units::duration, Units.DURATION_HINT).orElse(fallback);
    }

    long size(String key, long fallback) {
        Optional<Long> size = parsed(key, Units::size, Units.SIZE_HINT);
        if (size.isPresent() && size.get() == 0) {
            problem(key, "must not be 0");
            return fallback;
        }
        return size.orElse(fallback);
    }

    /** A size where 0 means that there is no limit. */
    long sizeOrNone(String key, long fallback) {
        return parsed(key, Units::size, Units.SIZE_HINT).orElse(fallback);
    }

    int integer(String key, int least, int fallback) {
        return integer(key, least).orElse(fallback);
    }

    OptionalInt integer(String key, int least) {
        Optional<Integer> number =
                parsed(key, text -> wholeNumber(text, least), "expected a whole number, at least " + least);
        return number.isPresent() ? OptionalInt.of(number.get()) : OptionalInt.empty();
    }

    /** A whole number within bounds, both included. */
    int integer(String key, int least, int most, int fallback) {
        int number = integer(key, least, fallback);
        if (number > most) {
            problem(key, "must not be more than " + most);
            return fallback;
        }
        return number;
    }

    int percent(String key, int fallback) {
        return parsed(
                        key,
                        text -> wholeNumber(text, 1).filter(number -> number <= 100),
                        "expected a percentage, 1 to 100")
                .orElse(fallback);
    }

    /** A duration that must not be 0. */
    Duration span(String key, Duration fallback) {
        Duration span = duration(key, fallback);
        if (span.isZero() && has(key)) {
            problem(key, "must not be 0");
            return fallback;
        }
        return span;
    }

    /** Two spellings of one thing: only one of them may be given. */
    void either(String key, String other) {
        if (has(key) && has(other)) {
            problem(other, "cannot be given together with " + key + "; use one of them");
        }
    }

    /** A key that people look for here but that belongs elsewhere. */
    void refuse(String key, String message) {
        if (fields.containsKey(key)) {
            refused.add(key);
            at.source().problem(fields.get(key).key(), at.field(), Words.keyName(key) + " " + message);
        }
    }

    boolean flag(String key, boolean fallback) {
        return choice(key, FLAGS, fallback);
    }

    Optional<Boolean> flag(String key) {
        return text(key).map(text -> choice(text, FLAGS, true));
    }

    <E extends Enum<E>> E choice(String key, Class<E> type, E fallback) {
        return choice(key, words(type), fallback);
    }

    /** One of the words of {@code type}; empty if it is missing, or another, which is told. */
    <E extends Enum<E>> Optional<E> choice(String key, Class<E> type) {
        return text(key).flatMap(text -> Optional.ofNullable(chosen(text, words(type))));
    }

    /** {@code ROUND_ROBIN} is written {@code round-robin}. */
    @SuppressWarnings("unchecked") // what is kept of a type are its own constants
    static <E extends Enum<E>> Map<String, E> words(Class<E> type) {
        return (Map<String, E>) WORDS.get(type);
    }

    <T> T choice(String key, Map<String, T> words, T fallback) {
        return text(key).map(text -> choice(text, words, fallback)).orElse(fallback);
    }

    static <T> T choice(Text text, Map<String, T> words, T fallback) {
        T chosen = chosen(text, words);
        return chosen == null ? fallback : chosen;
    }

    private static <T> @Nullable T chosen(Text text, Map<String, T> words) {
        String word = text.value().toLowerCase(Locale.ROOT);
        T chosen = words.containsKey(word) ? words.get(word) : words.get(word.replace('_', '-'));
        if (chosen == null) {
            text.problem(text.shown() + " is not allowed; allowed: " + String.join(", ", words.keySet())
                    + (text.resolved() ? "" : Words.didYouMean(text.value(), words.keySet())));
        }
        return chosen;
    }

    /** Tells the keys that nobody asked for. */
    void done() {
        fields.forEach((name, entry) -> {
            if (!known.contains(name) && !refused.contains(name)) {
                String raw = entry.key().getValue();
                at.source().problem(entry.key(), at.field(), "unknown key " + Words.keyName(raw) + hint(raw));
            }
        });
    }

    private String hint(String unknown) {
        Set<String> once = new LinkedHashSet<>(known);
        String near = Words.didYouMean(unknown, once);
        boolean explained = !near.isEmpty() || unknown.indexOf(':') >= 0;
        return explained ? near : "; allowed: " + String.join(", ", once);
    }

    private <T> Optional<T> parsed(String key, Function<String, Optional<T>> parser, String hint) {
        return text(key).flatMap(text -> {
            Optional<T> value = parser.apply(text.value());
            if (value.isEmpty()) {
                text.problem(text.shown() + " is not allowed; " + hint);
            }
            return value;
        });
    }

    private static String joined(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private static Optional<Integer> wholeNumber(String text, int least) {
        try {
            return Optional.of(Integer.parseInt(text)).filter(number -> number >= least);
        } catch (NumberFormatException notANumber) {
            return Optional.empty();
        }
    }
}
