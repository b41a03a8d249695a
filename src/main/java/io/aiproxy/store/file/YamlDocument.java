package io.aiproxy.store.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.store.Change;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A document of the configuration as text. Changes go into the text in place: what they do not concern stays as it is, every
 * byte of it, comments and order included. What comes out is read again and compared before anybody gets it.
 */
final class YamlDocument {
    private static final String BOM = "\uFEFF";

    private final String name;
    /** Its byte order mark; empty if it has none. */
    private final String mark;

    private final String text;
    private final YamlTree tree;

    /** What is in it, once somebody asked. Nobody changes it, nor anything in it. */
    private volatile @Nullable ObjectNode whole;

    private YamlDocument(String name, String mark, String text, YamlTree tree) {
        this.name = name;
        this.mark = mark;
        this.text = text;
        this.tree = tree;
    }

    private static YamlDocument read(String name, String mark, String text) throws StoreException {
        return new YamlDocument(name, mark, text, YamlTree.of(name, text));
    }

    /**
     * Reads a document.
     *
     * @param name of the file, for people
     * @throws StoreException when it is no YAML
     */
    static YamlDocument of(String name, String text) throws StoreException {
        boolean marked = text.startsWith(BOM);
        return read(name, marked ? BOM : "", marked ? text.substring(1) : text);
    }

    /** The entries of a kind by id, in order. Keys that begin with an underscore are comments. */
    Map<String, JsonNode> entries(Kind kind) throws StoreException {
        Map<String, JsonNode> entries = new LinkedHashMap<>();
        Optional<Part.Pair> top = top(kind.key());
        if (top.isPresent()) {
            whole().path(top.get().name()).properties().forEach(field -> {
                if (!field.getKey().startsWith("_")) {
                    entries.putIfAbsent(id(kind, field.getKey()), field.getValue());
                }
            });
        }
        return entries;
    }

    /**
     * The document with these changes, all of which concern this document.
     *
     * @throws StoreException when that cannot be done without changing anything else; its message says what to do
     */
    YamlDocument with(List<Change> changes) throws StoreException {
        Optional<Part> root = tree.root();
        if (root.isPresent() && !(root.get() instanceof Part.Mapping)) {
            throw refused("the file must be a mapping (key: value); mend it first");
        }
        Optional<Part.Mapping> mapping = root.map(Part.Mapping.class::cast);
        ObjectNode expected = copy(whole());
        YamlEdit edit = new YamlEdit(name, text, tree);
        List<Kind> changed = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            List<Change> own =
                    changes.stream().filter(change -> change.kind() == kind).toList();
            if (!own.isEmpty()) {
                changed.add(kind);
                apply(edit, mapping, expected, own);
            }
        }
        String edited = edit.applied();
        return edited.equals(text) ? this : checked(edited, expected, changed);
    }

    /** All of it, with its byte order mark if it has one. */
    String text() {
        return mark.isEmpty() ? text : mark + text;
    }

    private void apply(YamlEdit edit, Optional<Part.Mapping> root, ObjectNode expected, List<Change> changes)
            throws StoreException {
        Kind kind = changes.get(0).kind();
        Optional<Part.Pair> top = top(kind.key());
        String key = top.map(Part.Pair::name).orElse(kind.key());
        JsonNode now = expected.path(key);
        if (!now.isObject() && !now.isNull() && !now.isMissingNode()) {
            throw refused(key + " must be a mapping (key: value); mend the file first");
        }
        ObjectNode wanted = copy(now);
        for (Change change : changes) {
            String id = written(wanted, kind, change.id());
            change.body().ifPresentOrElse(body -> wanted.set(id, YamlJson.normal(body)), () -> wanted.remove(id));
        }
        if (wanted.equals(now) || (wanted.isEmpty() && !now.isObject())) {
            return;
        }
        expected.set(key, wanted);
        if (top.isPresent() && root.isPresent()) {
            edit.entries(root.get(), top.get(), wanted, now);
        } else {
            edit.addTop(root, key, wanted);
        }
    }

    /** Another object with the same fields, so that some can be put in and taken out; none if it is no object. */
    private static ObjectNode copy(JsonNode object) {
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        object.properties().forEach(field -> copy.set(field.getKey(), field.getValue()));
        return copy;
    }

    /** @param changed the kinds of which entries have changed */
    private YamlDocument checked(String edited, ObjectNode expected, List<Kind> changed) throws StoreException {
        try {
            Optional<YamlPatch.Result> patched =
                    changed.size() == 1 ? patched(edited, expected, changed.get(0)) : Optional.empty();
            if (patched.isPresent()) {
                YamlDocument document =
                        new YamlDocument(name, mark, edited, patched.get().tree());
                document.whole = patched.get().whole();
                return document;
            }
            YamlDocument document = read(name, mark, edited);
            if (document.whole().equals(expected)) {
                return document;
            }
        } catch (StoreException | YAMLException broken) {
            // told below
        }
        throw refused("the change cannot be put into the file without touching something else;"
                + " change it with an editor");
    }

    /** The edited document where only some entries had to be read for it. */
    private Optional<YamlPatch.Result> patched(String edited, ObjectNode expected, Kind kind) throws StoreException {
        Optional<YamlPatch> patch = top(kind.key()).flatMap(top -> YamlPatch.of(name, text, tree, edited, top.name()));
        try {
            return patch.isEmpty() ? Optional.empty() : patch.get().result(whole(), expected);
        } catch (StoreException | YAMLException broken) {
            return Optional.empty(); // all of it may be well all the same
        }
    }

    private ObjectNode whole() throws StoreException {
        ObjectNode known = whole;
        if (known == null) {
            JsonNode all =
                    tree.root().isPresent() ? YamlJson.of(tree.root().get()) : JsonNodeFactory.instance.objectNode();
            known = all instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
            whole = known;
        }
        return known;
    }

    /** The entry with this key; {@code user-groups} is another way to write {@code user_groups}. */
    private Optional<Part.Pair> top(String key) {
        return tree.root()
                .filter(Part.Mapping.class::isInstance)
                .map(Part.Mapping.class::cast)
                .flatMap(mapping -> mapping.pairs().stream()
                        .filter(pair -> normal(pair.name()).equals(key))
                        .findFirst());
    }

    /** The key below which an entry stands, or will stand. */
    private static String written(ObjectNode entries, Kind kind, String id) {
        if (entries.has(id)) {
            return id;
        }
        return entries.properties().stream()
                .map(Map.Entry::getKey)
                .filter(key -> id(kind, key).equals(id))
                .findFirst()
                .orElse(id);
    }

    /** Ids are the operator's, but the entries of system.yaml have names, of which there are two ways to write some. */
    private static String id(Kind kind, String key) {
        return kind == Kind.SYSTEM ? normal(key) : key;
    }

    private static String normal(String key) {
        return key.replace('-', '_');
    }

    private StoreException refused(String why) {
        return new StoreException(StoreException.Why.UNAVAILABLE, name + ": " + why);
    }
}
