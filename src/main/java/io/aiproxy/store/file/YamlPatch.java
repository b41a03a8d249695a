package io.aiproxy.store.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.store.StoreException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A changed document whose entries are nearly all the same. In block style an entry is what its own lines say, whatever stands
 * in those of the others; so only the lines that differ are read, between what stands before the first entry and behind the
 * last one, and the others are taken over. Where it is not certain that this is the same as reading all of it there is none.
 */
final class YamlPatch {
    private static final int NONE = -1;

    private final String name;
    private final String text;
    private final String edited;
    private final Part.Mapping root;
    /** Which of the root's pairs has the entries. */
    private final int place;

    private final List<Part.Pair> entries;
    /** Entries from here to before {@link #to} are to be read. */
    private int from;

    private int to;
    private int cut;
    private int end;

    private YamlPatch(String name, String text, String edited, Part.Mapping root, int place) {
        this.name = name;
        this.text = text;
        this.edited = edited;
        this.root = root;
        this.place = place;
        this.entries = ((Part.Mapping) root.pairs().get(place).value()).pairs();
    }

    /**
     * What has changed in a document.
     *
     * @param name of the file, for people
     * @param text of the document as it was
     * @param tree of it
     * @param edited its text now
     * @param key the top-level key below which entries have changed
     */
    static Optional<YamlPatch> of(String name, String text, YamlTree tree, String edited, String key) {
        Optional<Part.Mapping> root = tree.knotted() ? Optional.empty() : block(tree.root());
        int place = root.map(mapping -> place(mapping, key)).orElse(NONE);
        if (place == NONE
                || block(Optional.of(root.get().pairs().get(place).value())).isEmpty()) {
            return Optional.empty();
        }
        YamlPatch patch = new YamlPatch(name, text, edited, root.get(), place);
        return patch.found() ? Optional.of(patch) : Optional.empty();
    }

    private static Optional<Part.Mapping> block(Optional<Part> part) {
        return part.filter(Part.Mapping.class::isInstance)
                .map(Part.Mapping.class::cast)
                .filter(mapping -> !mapping.flow() && !mapping.pairs().isEmpty());
    }

    private static int place(Part.Mapping root, String key) {
        for (int i = 0; i < root.pairs().size(); i++) {
            if (root.pairs().get(i).name().equals(key)) {
                return i;
            }
        }
        return NONE;
    }

    /** Looks for the entries that differ; false if it is not only entries that do. */
    private boolean found() {
        int same = 0;
        int most = Math.min(text.length(), edited.length());
        while (same < most && text.charAt(same) == edited.charAt(same)) {
            same++;
        }
        int behind = 0;
        while (behind < most - same
                && text.charAt(text.length() - 1 - behind) == edited.charAt(edited.length() - 1 - behind)) {
            behind++;
        }
        // whatever stands in front of the first difference is read too: what was put behind it might be its own
        from = before(same) - 1;
        to = before(text.length() - behind);
        if (from < 0 || to <= from || line(start(to)) < text.length() - behind || !ownLines()) {
            return false;
        }
        cut = line(start(from));
        end = line(start(to)) + grown();
        return end >= cut && (end == edited.length() || (end > 0 && edited.charAt(end - 1) == '\n'));
    }

    private int grown() {
        return edited.length() - text.length();
    }

    /** How many entries' lines begin before this place. */
    private int before(int at) {
        int low = 0;
        int high = entries.size();
        while (low < high) {
            int middle = (low + high) / 2;
            if (line(start(middle)) < at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Where an entry begins; behind the last one, where the next top-level key does, or where the text ends. */
    private int start(int entry) {
        if (entry < entries.size()) {
            return entries.get(entry).key().start();
        }
        return place + 1 < root.pairs().size()
                ? root.pairs().get(place + 1).key().start()
                : text.length();
    }

    private int line(int at) {
        return at == text.length() ? at : text.lastIndexOf('\n', at - 1) + 1;
    }

    /** Whether the text can be cut before these entries. */
    private boolean ownLines() {
        return own(start(0))
                && own(start(from))
                && own(start(to))
                && start(0) > root.pairs().get(place).key().end();
    }

    private boolean own(int start) {
        return text.substring(line(start), start).isBlank();
    }

    /**
     * A document.
     *
     * @param tree of it
     * @param whole what is in it, in the text's order
     */
    record Result(YamlTree tree, ObjectNode whole) {}

    /**
     * The changed document; empty if what was read is not what was expected, or not only that.
     *
     * @param now what is in the document as it was
     * @param expected what shall be in it now; what is not changed is the same object
     */
    @SuppressWarnings("ReferenceEquality") // as it says
    Optional<Result> result(ObjectNode now, ObjectNode expected) throws StoreException {
        String key = root.pairs().get(place).name();
        JsonNode before = now.path(key);
        if (!(expected.path(key) instanceof ObjectNode wanted)) {
            return Optional.empty();
        }
        Set<String> kept = new HashSet<>();
        for (int i = 0; i < entries.size(); i++) {
            if (i < from || i >= to) {
                String id = entries.get(i).name();
                @Nullable JsonNode entry = wanted.get(id);
                if (entry == null || entry != before.get(id) || !kept.add(id)) {
                    return Optional.empty();
                }
            }
        }
        ObjectNode piece = expected.objectNode();
        expected.properties().forEach(field -> piece.set(field.getKey(), field.getValue()));
        ObjectNode own = piece.putObject(key);
        wanted.properties().forEach(field -> {
            if (!kept.contains(field.getKey())) {
                own.set(field.getKey(), field.getValue());
            }
        });
        return read(before, piece);
    }

    /** Reads what is cut out; empty if it is not {@code piece}. */
    private Optional<Result> read(JsonNode before, ObjectNode piece) throws StoreException {
        int head = line(start(0));
        int tail = line(start(entries.size())) + grown();
        String cutOut = edited.substring(0, head) + edited.substring(cut, end) + edited.substring(tail);
        YamlTree tree = YamlTree.of(name, cutOut);
        Optional<Part.Mapping> whole = tree.knotted() ? Optional.empty() : block(tree.root());
        if (whole.isEmpty() || whole.get().pairs().size() != root.pairs().size()) {
            return Optional.empty();
        }
        JsonNode json = YamlJson.of(whole.get());
        Optional<Part.Mapping> fresh =
                block(Optional.of(whole.get().pairs().get(place).value()));
        if (fresh.isEmpty()
                || !(json instanceof ObjectNode read)
                || !read.equals(piece)
                || column(cutOut, fresh.get()) != column(text, entries.get(0).key())) {
            return Optional.empty();
        }
        List<Part.Pair> all = new ArrayList<>(entries.subList(0, from));
        fresh.get().pairs().forEach(pair -> all.add(pair.moved(cut - head)));
        entries.subList(to, entries.size()).forEach(pair -> all.add(pair.moved(grown())));
        String key = root.pairs().get(place).name();
        ObjectNode own = (ObjectNode) read.path(key);
        ObjectNode bodies = read.objectNode();
        for (Part.Pair pair : all) {
            bodies.set(pair.name(), own.has(pair.name()) ? own.get(pair.name()) : before.get(pair.name()));
        }
        read.set(key, bodies);
        return Optional.of(new Result(YamlTree.of(joined(all)), read));
    }

    /** Of a node that begins a line, or a mapping whose first key does. */
    private static int column(String in, Part part) {
        return part.start() - (in.lastIndexOf('\n', part.start() - 1) + 1);
    }

    private Part.Mapping joined(List<Part.Pair> all) {
        List<Part.Pair> tops = new ArrayList<>(root.pairs());
        Part.Head begin = new Part.Head(all.get(0).key().start(), "", "");
        int last = all.get(all.size() - 1).value().end();
        tops.set(place, new Part.Pair(tops.get(place).key(), new Part.Mapping(begin, last, false, all)));
        for (int i = place + 1; i < tops.size(); i++) {
            tops.set(i, tops.get(i).moved(grown()));
        }
        return new Part.Mapping(root.head(), tops.get(tops.size() - 1).value().end(), false, tops);
    }
}
