package io.aiproxy.app.statistics;

import io.aiproxy.config.Snapshot;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.Granularity;
import java.time.Instant;

/**
 * The books open before one question.
 *
 * @param books the books
 * @param snapshot the configuration in force: names, the time zone
 * @param now when the question came
 */
record Open(Books books, Snapshot snapshot, Instant now) {
    Names names() {
        return new Names(snapshot);
    }

    /** What holds where a question says nothing of time. */
    Span.Defaults defaults(Granularity granularity) {
        return new Span.Defaults(now, snapshot.system().usage().zone(), granularity);
    }
}
