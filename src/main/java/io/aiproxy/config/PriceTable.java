package io.aiproxy.config;

import java.util.List;
import java.util.Map;

/**
 * The prices that can be used. A mistake among them is no mistake of the configuration: what cannot be used is left out and
 * told as a warning, so that no call fails for a price.
 *
 * @param entries by id, in the file's order
 * @param leftOut why entries, or all of the file, are not among them
 * @param readable whether there is a table at all: false where the file is no YAML or holds something else, so that nobody
 *     knows which prices were meant
 */
public record PriceTable(Map<String, PriceConfig> entries, List<Problem> leftOut, boolean readable) {
    /** No prices. */
    public static final PriceTable EMPTY = new PriceTable(Map.of(), List.of(), true);
}
