package io.aiproxy.store.file;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.store.StoreException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Changes a text into one with another tree: where tree and wish are alike nothing is touched; where they differ it goes down
 * as far as mappings go, and replaces what is smaller. The order of a mapping's keys is no difference.
 */
final class YamlEdit {
    private final String name;
    private final String text;
    private final YamlTree tree;
    private final Splices splices;

    /** @param name of the file, for people */
    YamlEdit(String name, String text, YamlTree tree) {
        this.name = name;
        this.text = text;
        this.tree = tree;
        this.splices = new Splices(text);
    }

    /** The text with the edits. */
    String applied() {
        return splices.applied();
    }

    /** Adds a key to the topmost mapping, or to a document that has none. */
    void addTop(Optional<Part.Mapping> root, String key, JsonNode value) throws StoreException {
        String lines = YamlText.entry(key, value, "");
        if (root.isEmpty()) {
            splices.lines(text.length(), lines);
        } else if (root.get().flow()) {
            ObjectNode all = YamlJson.of(root.get()).deepCopy();
            unknotted(root.get(), name);
            all.set(key, value);
            splices.replace(root.get().start(), root.get().end(), YamlText.within(all));
        } else {
            splices.lines(splices.nextLine(root.get().end()), lines);
        }
    }

    /**
     * Makes {@code wanted} of the entries below a top-level key.
     *
     * @param now what they are; an entry that is the same object in both is not looked at
     */
    void entries(Part.Mapping root, Part.Pair top, ObjectNode wanted, JsonNode now) throws StoreException {
        Part value = top.value();
        if (value instanceof Part.Mapping mapping && !mapping.pairs().isEmpty()) {
            for (Part.Pair pair : mapping.pairs()) {
                if (pair.merges() || !(pair.key() instanceof Part.Scalar)) {
                    throw refused(top.name() + " has a merge key or an alias as a key; write its entries out first");
                }
            }
            if (!plain(mapping)) {
                throw refused("an entry of " + top.name()
                        + " is given twice or has no line of its own; mend that in the file first");
            }
            mapping(top, mapping, wanted, root.flow(), now);
        } else if (value instanceof Part.Alias || tree.knotted(value.start(), value.end())) {
            throw refused(top.name() + " is an alias; write its entries out first");
        } else {
            replace(top, wanted, root.flow());
        }
    }

    /** @param now what the entries are; a missing node for what is no mapping of entries */
    @SuppressWarnings("ReferenceEquality") // the same object is the same entry; whether another one is shows below
    private void mapping(Part.Pair parent, Part.Mapping mapping, ObjectNode wanted, boolean inFlow, JsonNode now)
            throws StoreException {
        Set<String> present = new HashSet<>();
        mapping.pairs().forEach(pair -> present.add(pair.name()));
        boolean sameKeys = present.size() == wanted.size() && present.stream().allMatch(wanted::has);
        if (mapping.flow() && !sameKeys) {
            unknotted(mapping, parent.name());
            replace(parent, wanted, inFlow);
            return;
        }
        for (int i = 0; i < mapping.pairs().size(); i++) {
            Part.Pair pair = mapping.pairs().get(i);
            JsonNode wish = wanted.get(pair.name());
            if (wish == null) {
                remove(mapping, i, parent);
            } else if (wish != now.get(pair.name()) && !wish.equals(YamlJson.of(pair.value()))) {
                change(pair, wish, mapping.flow(), !now.isMissingNode());
            }
        }
        if (wanted.isEmpty()) {
            int colon = colonEnd(parent);
            splices.replace(colon, colon, " {}");
            return;
        }
        Part.Pair last = mapping.pairs().get(mapping.pairs().size() - 1);
        StringBuilder added = new StringBuilder();
        wanted.properties().forEach(field -> {
            if (!present.contains(field.getKey())) {
                added.append(YamlText.entry(field.getKey(), field.getValue(), indent(last)));
            }
        });
        if (!added.isEmpty()) {
            splices.lines(splices.nextLine(contentEnd(last)), added.toString());
        }
    }

    private void change(Part.Pair pair, JsonNode wish, boolean inFlow, boolean entry) throws StoreException {
        Part value = pair.value();
        if (entry && tree.knotted(pair.key().start(), value.end())) {
            unwanted(pair);
            replace(pair, wish, inFlow);
        } else if (value instanceof Part.Mapping mapping
                && wish instanceof ObjectNode object
                && !object.isEmpty()
                && plain(mapping)) {
            mapping(pair, mapping, object, inFlow, MissingNode.getInstance());
        } else {
            replace(pair, wish, inFlow);
        }
    }

    private void remove(Part.Mapping mapping, int index, Part.Pair parent) throws StoreException {
        Part.Pair pair = mapping.pairs().get(index);
        unwanted(pair);
        int from = splices.lineStart(pair.key().start());
        int least = index == 0
                ? splices.nextLine(colonEnd(parent))
                : splices.nextLine(contentEnd(mapping.pairs().get(index - 1)));
        String indent = indent(pair);
        while (from > least) {
            int above = splices.lineStart(from - 1);
            if (above < least || !text.startsWith(indent + "#", above)) {
                break;
            }
            from = above;
        }
        splices.replace(from, splices.nextLine(contentEnd(pair)), "");
    }

    /** Puts a value in the place of another, whatever the two are. */
    private void replace(Part.Pair pair, JsonNode wish, boolean inFlow) {
        Part value = pair.value();
        Optional<Part.Scalar> scalar = value instanceof Part.Scalar single ? Optional.of(single) : Optional.empty();
        if (inFlow) {
            String line = scalar.map(before -> YamlText.within(wish, before)).orElseGet(() -> YamlText.within(wish));
            splices.replace(value.start(), value.end(), line);
            return;
        }
        int colon = colonEnd(pair);
        Optional<String> lines = staysFlow(value, wish) ? Optional.empty() : YamlText.lines(wish, indent(pair));
        String line = lines.isPresent()
                ? ""
                : scalar.map(before -> YamlText.inline(wish, before)).orElseGet(() -> YamlText.inline(wish));
        boolean below = isBlock(value) && splices.lineStart(value.start()) > colon;
        if (below) {
            // the value's lines go, whatever stands behind the colon stays
            splices.replace(colon, colon, line.isEmpty() ? "" : " " + line);
            splices.replace(splices.nextLine(colon), splices.nextLine(value.end()), "");
        } else if (lines.isEmpty() && value.end() > value.start() && !isBlock(value)) {
            splices.replace(value.start(), value.end(), line);
        } else {
            splices.replace(colon, Math.max(colon, value.end()), line.isEmpty() ? "" : " " + line);
        }
        int behind = splices.nextLine(Math.max(colon, value.end()));
        lines.ifPresent(block -> splices.lines(behind, block));
    }

    /** What somebody wrote with braces or brackets keeps them as long as it fits on a line. */
    private static boolean staysFlow(Part value, JsonNode wish) {
        boolean flow = (value instanceof Part.Mapping mapping
                        && mapping.flow()
                        && !mapping.pairs().isEmpty())
                || (value instanceof Part.Sequence sequence
                        && sequence.flow()
                        && !sequence.items().isEmpty());
        return flow && wish.isContainerNode() && YamlText.inline(wish).length() <= YamlText.LONGEST_LINE;
    }

    private static boolean isBlock(Part value) {
        return (value instanceof Part.Mapping mapping && !mapping.flow())
                || (value instanceof Part.Sequence sequence && !sequence.flow());
    }

    /** Whether every key is written once and simply, so that its value can be changed by itself. */
    private boolean plain(Part.Mapping mapping) {
        Set<String> names = new HashSet<>();
        for (Part.Pair pair : mapping.pairs()) {
            boolean good = pair.key() instanceof Part.Scalar && names.add(pair.name());
            good &= mapping.flow() ? pair.value().end() > pair.value().start() : hasOwnLine(pair);
            if (!good) {
                return false;
            }
        }
        return !mapping.pairs().isEmpty();
    }

    private boolean hasOwnLine(Part.Pair pair) {
        int start = splices.lineStart(pair.key().start());
        boolean indented = text.substring(start, pair.key().start()).chars().allMatch(c -> c == ' ');
        return indented && colonEnd(pair) > pair.key().end();
    }

    private String indent(Part.Pair pair) {
        int at = pair.key().start();
        return text.substring(splices.lineStart(at), at);
    }

    /** Behind the colon of a key, or the key if none follows. */
    private int colonEnd(Part.Pair pair) {
        int at = pair.key().end();
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
        return at < text.length() && text.charAt(at) == ':'
                ? at + 1
                : pair.key().end();
    }

    private int contentEnd(Part.Pair pair) {
        return Math.max(colonEnd(pair), pair.value().end());
    }

    private void unwanted(Part.Pair pair) throws StoreException {
        if (tree.wanted(pair.key().start(), contentEnd(pair))) {
            throw refused(pair.name() + " has an anchor (&name) that is used elsewhere; write that out there first");
        }
    }

    private void unknotted(Part part, String what) throws StoreException {
        if (tree.knotted(part.start(), part.end())) {
            throw refused(what + " would have to be written anew and has anchors, aliases or merge keys in it;"
                    + " write them out first");
        }
    }

    private StoreException refused(String why) {
        return new StoreException(StoreException.Why.UNAVAILABLE, name + ": " + why);
    }
}
