package io.aiproxy.config;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * The keys of one mapping and their values, in the file's order. A file has many thousands of small mappings, in which looking
 * at one key after the other is cheaper than a hash table is made; only a large one gets a table.
 */
final class Fields {
    static final int NONE = -1;
    private static final int LARGE = 16;

    /** Of who has none; nobody adds to it. */
    static final Fields EMPTY = new Fields(0);

    private String[] names;
    private ScalarNode[] keys;
    private Node[] nodes;
    private int count;
    /** Where each name is; null while there are few. */
    private @Nullable Map<String, Integer> table;

    /** With room for so many, and for more. */
    Fields(int expected) {
        int room = Math.max(1, expected);
        names = new String[room];
        keys = new ScalarNode[room];
        nodes = new Node[room];
    }

    int count() {
        return count;
    }

    String name(int index) {
        return names[index];
    }

    /** The key as it is written. */
    ScalarNode key(int index) {
        return keys[index];
    }

    /** What stands behind the key. */
    Node node(int index) {
        return nodes[index];
    }

    /** Where {@code name} is, counted from 0; {@link #NONE} if it is missing. */
    int find(String name) {
        if (table != null) {
            return table.getOrDefault(name, NONE);
        }
        int length = name.length();
        for (int i = 0; i < count; i++) {
            String here = names[i];
            if (here.length() == length && here.equals(name)) {
                return i;
            }
        }
        return NONE;
    }

    /** Adds what is not there yet; where it is, when it is, and otherwise {@link #NONE}. */
    int add(String name, ScalarNode key, Node node) {
        int before = find(name);
        if (before >= 0) {
            return before;
        }
        if (count == names.length) {
            names = Arrays.copyOf(names, count * 2);
            keys = Arrays.copyOf(keys, count * 2);
            nodes = Arrays.copyOf(nodes, count * 2);
        }
        names[count] = name;
        keys[count] = key;
        nodes[count] = node;
        if (table != null) {
            table.put(name, count);
        } else if (count == LARGE) {
            table = tabled();
        }
        count++;
        return NONE;
    }

    /** Adds those of {@code others} that are not there yet. */
    void addMissing(Fields others) {
        for (int i = 0; i < others.count; i++) {
            add(others.names[i], others.keys[i], others.nodes[i]);
        }
    }

    private Map<String, Integer> tabled() {
        Map<String, Integer> places = new HashMap<>(names.length * 2);
        for (int i = 0; i <= count; i++) {
            places.put(names[i], i);
        }
        return places;
    }
}
