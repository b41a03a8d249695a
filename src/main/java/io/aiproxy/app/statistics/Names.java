package io.aiproxy.app.statistics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.Snapshot;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.report.ReportNames;

/** Values of dimensions, with the names that people know them by: books hold ids, which stay when names change. */
final class Names {
    private final ReportNames known;

    Names(Snapshot snapshot) {
        this.known = ReportNames.of(snapshot);
    }

    /** Puts a value and, of what is configured, its name: empty where it is configured no more. */
    void tell(ObjectNode view, Dimension dimension, String value) {
        String word = Filters.word(dimension);
        view.put(word, value);
        if (ReportNames.has(dimension)) {
            view.put(word + "_name", known.name(dimension, value));
        }
    }
}
