package io.aiproxy.store.file;

import io.aiproxy.store.StoreException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;

/**
 * A YAML document as {@link Part}s. It is built from the parser's events because composed nodes do not say where an alias
 * stands: they show its target in its place.
 */
final class YamlTree {
    private static final int DEEPEST = 60;

    private final String name;
    private final String text;
    private final Iterator<Event> events;
    private final int @Nullable [] chars;
    private final Map<String, Part> anchors = new HashMap<>();
    private final List<Part.Alias> aliases = new ArrayList<>();
    private final List<Integer> knots = new ArrayList<>();
    private @Nullable Part root;

    private YamlTree(String name, String text) {
        this.name = name;
        this.text = text;
        this.chars = text.chars().anyMatch(c -> Character.isHighSurrogate((char) c)) ? offsets(text) : null;
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Math.max(1, text.length()));
        this.events = new Yaml(options).parse(new StringReader(text)).iterator();
    }

    private YamlTree(Part root) {
        this.name = "";
        this.text = "";
        this.chars = null;
        this.events = Collections.emptyIterator();
        this.root = root;
    }

    /** The tree of a document that was put together from read ones; in none of them is a {@linkplain #knotted knot}. */
    static YamlTree of(Part root) {
        return new YamlTree(root);
    }

    /**
     * Reads a document.
     *
     * @param name of the file, for people
     * @throws StoreException when it is no YAML, or YAML with more than one document
     */
    static YamlTree of(String name, String text) throws StoreException {
        YamlTree tree = new YamlTree(name, text);
        try {
            tree.read();
            return tree;
        } catch (YAMLException e) { // never its own text: that quotes the line, and the line may hold a key
            Mark mark = e instanceof MarkedYAMLException marked ? marked.getProblemMark() : null;
            String place = mark == null ? "" : ", line " + (mark.getLine() + 1);
            throw new StoreException(
                    StoreException.Why.UNAVAILABLE, name + place + ": is not valid YAML; mend the file first");
        }
    }

    /** The topmost node; empty if there is nothing but comments. */
    Optional<Part> root() {
        return Optional.ofNullable(root).filter(part -> part.end() > part.start());
    }

    /** Whether an anchor, an alias, a merge key or a tag stands anywhere. */
    boolean knotted() {
        return !knots.isEmpty();
    }

    /** Whether an anchor, an alias, a merge key or a tag stands between these places. */
    boolean knotted(int from, int to) {
        return knots.stream().anyMatch(at -> at >= from && at < to);
    }

    /** Whether something outside refers to an anchor between these places. */
    boolean wanted(int from, int to) {
        return aliases.stream()
                .anyMatch(alias -> (alias.start() < from || alias.start() >= to)
                        && alias.target().start() >= from
                        && alias.target().start() < to);
    }

    private void read() throws StoreException {
        Event event = events.next();
        while (!event.is(Event.ID.StreamEnd)) {
            if (event.is(Event.ID.DocumentStart)) {
                if (root != null) {
                    throw refused("has more than one document; remove the line \"---\" between them");
                }
                root = part(events.next(), 0);
            }
            event = events.next();
        }
    }

    private Part part(Event event, int depth) throws StoreException {
        if (depth > DEEPEST) {
            throw refused("is nested too deeply");
        }
        Part.Head head = head((NodeEvent) event);
        int end = at(event.getEndMark());
        if (event instanceof AliasEvent alias) {
            return alias(head, end, alias.getAnchor());
        }
        Part part;
        if (event instanceof ScalarEvent scalar) {
            boolean block = scalar.isLiteral() || scalar.isFolded();
            part = new Part.Scalar(
                    head, block ? trimmed(head.start(), end) : end, scalar.getValue(), scalar.getScalarStyle());
        } else if (event instanceof SequenceStartEvent sequence) {
            part = sequence(head, sequence.isFlow(), depth);
        } else {
            part = mapping(head, ((MappingStartEvent) event).isFlow(), depth);
        }
        if (!head.anchor().isEmpty()) {
            anchors.put(head.anchor(), part);
        }
        return part;
    }

    private Part alias(Part.Head head, int end, String anchor) throws StoreException {
        Part target = anchors.get(anchor);
        if (target == null) {
            throw refused("line " + line(head.start()) + ": an alias stands before or within what it refers to");
        }
        Part.Alias alias = new Part.Alias(head, end, target);
        aliases.add(alias);
        knots.add(head.start());
        return alias;
    }

    private Part sequence(Part.Head head, boolean flow, int depth) throws StoreException {
        List<Part> items = new ArrayList<>();
        int end = head.start();
        Event event = events.next();
        while (!event.is(Event.ID.SequenceEnd)) {
            Part item = part(event, depth + 1);
            items.add(item);
            end = item.end();
            event = events.next();
        }
        return new Part.Sequence(head, flow ? at(event.getEndMark()) : end, flow, items);
    }

    private Part mapping(Part.Head head, boolean flow, int depth) throws StoreException {
        List<Part.Pair> pairs = new ArrayList<>();
        int end = head.start();
        Event event = events.next();
        while (!event.is(Event.ID.MappingEnd)) {
            Part key = part(event, depth + 1);
            Part.Pair pair = new Part.Pair(key, part(events.next(), depth + 1));
            pairs.add(pair);
            if (pair.merges()) {
                knots.add(key.start());
            }
            end = pair.value().end();
            event = events.next();
        }
        return new Part.Mapping(head, flow ? at(event.getEndMark()) : end, flow, pairs);
    }

    private Part.Head head(NodeEvent event) {
        String tag = null;
        if (event instanceof ScalarEvent scalar) {
            tag = scalar.getTag();
        } else if (event instanceof MappingStartEvent mapping) {
            tag = mapping.getTag();
        } else if (event instanceof SequenceStartEvent sequence) {
            tag = sequence.getTag();
        }
        String anchor = event instanceof AliasEvent ? null : event.getAnchor();
        Part.Head head = new Part.Head(
                at(event.getStartMark()), Objects.requireNonNullElse(anchor, ""), Objects.requireNonNullElse(tag, ""));
        if (!head.anchor().isEmpty() || !head.tag().isEmpty()) {
            knots.add(head.start());
        }
        return head;
    }

    /** The parser counts the empty lines behind a block scalar as part of it. */
    private int trimmed(int start, int end) {
        int to = end;
        while (to > start && Character.isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        return to;
    }

    private int at(Mark mark) {
        return chars == null ? mark.getIndex() : chars[mark.getIndex()];
    }

    /** The parser counts code points, a text chars. */
    private static int[] offsets(String text) {
        int[] offsets = new int[text.codePointCount(0, text.length()) + 1];
        int at = 0;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = at;
            at += at < text.length() ? Character.charCount(text.codePointAt(at)) : 0;
        }
        return offsets;
    }

    private long line(int at) {
        return 1 + text.substring(0, at).chars().filter(c -> c == '\n').count();
    }

    private StoreException refused(String why) {
        return new StoreException(StoreException.Why.UNAVAILABLE, name + ": " + why);
    }
}
