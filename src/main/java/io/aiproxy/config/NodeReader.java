package io.aiproxy.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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

    private static final boolean[] NOTHING_SEEN = {};
    private static final String[] NO_NAMES = {};

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

    /** As many keys as an ordinary binder asks for. */
    private static final int ASKED = 24;

    private final Value at;
    private final Fields fields;
    /** By place among the fields: whether somebody asked for it. */
    private final boolean[] seen;
    /** Every key that was asked for, some more than once; of a mapping without fields nobody needs to know. */
    private String[] known;

    private int asked;

    NodeReader(Value at, Fields fields) {
        this.at = at;
        this.fields = fields;
        boolean empty = fields.count() == 0;
        this.seen = empty ? NOTHING_SEEN : new boolean[fields.count()];
        this.known = empty ? NO_NAMES : new String[ASKED];
    }

    void problem(String message) {
        at.problem(message);
    }

    /** Tells a problem at the key's value, or at the mapping if the key is missing. */
    void problem(String key, String message) {
        int index = fields.find(key);
        if (index < 0) {
            at.source().problem(at.node(), joined(at.field(), key), message);
        } else {
            at.below(key, fields.node(index)).problem(message);
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
        return ask(key) >= 0;
    }

    /** The value of a key; empty if it is missing or nothing stands behind its colon. */
    Optional<Value> value(String key) {
        return Optional.ofNullable(valueOrNull(key));
    }

    /** As above; null if it is missing. For what is asked of every mapping of a file. */
    @Nullable
    Value valueOrNull(String key) {
        int index = ask(key);
        return index < 0 ? null : at.below(key, fields.node(index));
    }

    /** Makes a key known. Where it is; less than 0 if it is missing or nothing stands behind its colon. */
    private int ask(String key) {
        int index = Fields.NONE;
        if (fields.count() > 0) {
            if (asked == known.length) {
                known = Arrays.copyOf(known, asked * 2);
            }
            known[asked++] = key;
            index = fields.find(key);
        }
        if (index >= 0) {
            seen[index] = true;
            index = Value.isNull(fields.node(index)) ? Fields.NONE : index;
        }
        if (at.source().keys().gathers()) {
            gather(key, index >= 0);
        }
        return index;
    }

    private void gather(String key, boolean used) {
        Source.Keys keys = at.source().keys();
        String shape = joined(at.shape(), key);
        keys.known().add(shape);
        if (used) {
            keys.used().add(shape);
        }
    }

    Optional<Text> text(String key) {
        return Optional.ofNullable(textOrNull(key));
    }

    /** As above; null if it is missing or cannot be had. For what is asked of every mapping of a file. */
    @Nullable
    Text textOrNull(String key) {
        Value value = valueOrNull(key);
        return value == null ? null : value.textOrNull();
    }

    /** The text of a key that must be given and not empty. */
    Optional<Text> required(String key, String hint) {
        Value value = valueOrNull(key);
        if (value == null) {
            problem(key, "is missing; " + hint);
            return Optional.empty();
        }
        Text text = value.textOrNull();
        if (text != null && text.value().isBlank()) {
            text.problem("is empty; " + hint);
            return Optional.empty();
        }
        return Optional.ofNullable(text);
    }

    String string(String key, String fallback) {
        Text text = textOrNull(key);
        return text == null ? fallback : text.value();
    }

    /** A name or remark for people and logs, on one line. */
    String label(String key, String fallback) {
        Text text = textOrNull(key);
        if (text == null || text.value().isBlank()) {
            return fallback;
        }
        if (Words.hasControl(text.value())) {
            text.problem("must be a single line without control characters");
        }
        return text.value();
    }

    /** The texts of a list, or the one that stands in its place; nobody may change them. */
    List<Text> texts(String key) {
        Value value = valueOrNull(key);
        if (value == null) {
            return List.of();
        }
        List<Value> items = value.items();
        List<Text> texts = new ArrayList<>(items.size());
        for (Value item : items) {
            Text text = item.textOrNull();
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** The elements of a list, or the one that stands in its place; none if the key is missing. */
    List<Value> items(String key) {
        Value value = valueOrNull(key);
        return value == null ? List.of() : value.items();
    }

    /** Free keys and their texts; nobody may change them. */
    Map<String, Text> map(String key) {
        Value value = valueOrNull(key);
        if (value == null) {
            return Map.of();
        }
        Map<String, Text> map = new LinkedHashMap<>();
        value.entries().forEach((name, entry) -> entry.text().ifPresent(text -> map.put(name, text)));
        return map;
    }

    /** The mapping under a key; one without fields if it is missing, so that its keys become known all the same. */
    NodeReader child(String key) {
        Value value = valueOrNull(key);
        return (value == null ? Optional.<NodeReader>empty() : value.fields())
                .orElseGet(() -> new NodeReader(at.below(key, at.node()), Fields.EMPTY));
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
        OptionalInt number = integer(key, least);
        return number.isPresent() ? number.getAsInt() : fallback;
    }

    OptionalInt integer(String key, int least) {
        Text text = textOrNull(key);
        if (text == null) {
            return OptionalInt.empty();
        }
        Optional<Integer> number =
                parsed(text, given -> wholeNumber(given, least), "expected a whole number, at least " + least);
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
        int index = fields.find(key);
        if (index >= 0) {
            seen[index] = true;
            at.source().problem(fields.key(index), at.field(), Words.keyName(key) + " " + message);
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
        Text text = textOrNull(key);
        return text == null ? fallback : choice(text, words, fallback);
    }

    static <T> T choice(Text text, Map<String, T> words, T fallback) {
        T chosen = chosen(text, words);
        return chosen == null ? fallback : chosen;
    }

    private static <T> @Nullable T chosen(Text text, Map<String, T> words) {
        String word = text.value().toLowerCase(Locale.ROOT);
        T chosen = words.get(word);
        if (chosen == null) {
            chosen = words.get(word.replace('_', '-'));
        }
        if (chosen == null) {
            text.problem(text.shown() + " is not allowed; allowed: " + String.join(", ", words.keySet())
                    + (text.resolved() ? "" : Words.didYouMean(text.value(), words.keySet())));
        }
        return chosen;
    }

    /** Tells the keys that nobody asked for. */
    void done() {
        for (int i = 0; i < seen.length; i++) {
            if (!seen[i]) {
                String raw = fields.key(i).getValue();
                at.source().problem(fields.key(i), at.field(), "unknown key " + Words.keyName(raw) + hint(raw));
            }
        }
    }

    private String hint(String unknown) {
        Set<String> once = new LinkedHashSet<>(Arrays.asList(known).subList(0, asked));
        String near = Words.didYouMean(unknown, once);
        boolean explained = !near.isEmpty() || unknown.indexOf(':') >= 0;
        return explained ? near : "; allowed: " + String.join(", ", once);
    }

    private <T> Optional<T> parsed(String key, Function<String, Optional<T>> parser, String hint) {
        Text text = textOrNull(key);
        return text == null ? Optional.empty() : parsed(text, parser, hint);
    }

    private static <T> Optional<T> parsed(Text text, Function<String, Optional<T>> parser, String hint) {
        Optional<T> value = parser.apply(text.value());
        if (value.isEmpty()) {
            text.problem(text.shown() + " is not allowed; " + hint);
        }
        return value;
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
