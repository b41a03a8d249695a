package io.aiproxy.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/**
 * The file that is being read, and where what is found about it goes.
 *
 * @param file the file
 * @param directory the configuration directory, to which paths in values are relative
 * @param problems gathers what is wrong
 * @param placeholders puts secrets into values
 * @param keys what was asked for and what was found
 */
record Source(Path file, Path directory, Problems problems, Placeholders placeholders, Keys keys) {

    void problem(@Nullable Node node, String field, String message) {
        problems.add(file, node == null ? null : node.getStartMark(), field, message);
    }

    /**
     * Keys by their place in the structure, e.g. {@code channels.*.timeouts.connect}, so that a test can find those never shown.
     *
     * @param gathers whether anybody wants to know; otherwise both sets stay empty, and no shapes are made
     */
    record Keys(boolean gathers, Set<String> known, Set<String> used) {
        Keys() {
            this(false, Set.of(), Set.of());
        }

        static Keys gathering() {
            return new Keys(true, new HashSet<>(), new HashSet<>());
        }
    }
}
