package io.aiproxy.app.statistics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.core.CallIds;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.RecordJson;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.RecordQuery.Mark;
import io.aiproxy.usage.UsageRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;

/** {@code usage}: single records, newest first. */
final class RecordPages {
    static final int STANDARD = 100;
    static final int MOST = 1000;

    private static final Duration MOST_SEARCHED = Duration.ofDays(31);
    private static final List<String> TIMES = List.of("start_time", "end_time", "time_zone");

    private RecordPages() {}

    /**
     * Which records.
     *
     * @param span of which time
     * @param filters what counts
     * @param limit so many at most
     */
    record Wanted(Span span, Map<Dimension, Set<String>> filters, int limit) {
        RecordQuery query(Optional<Mark> behind, int most) {
            return new RecordQuery(span.from(), span.to(), filters, behind, most);
        }
    }

    static ObjectNode page(Asked asked, Open open) throws Declined, BooksException {
        List<String> known = new ArrayList<>(List.of("limit", "cursor"));
        known.addAll(TIMES);
        known.addAll(Filters.PARAMETERS);
        asked.only(known);
        Wanted wanted = new Wanted(
                Span.of(asked, open.defaults(Granularity.TOTAL)),
                Filters.of(asked),
                asked.integer("limit", 1, MOST, STANDARD));
        ObjectNode page = View.object();
        wanted.span.tell(page);
        page.remove("granularity");
        list(page, asked, wanted, open.books(), UnaryOperator.identity());
        return page;
    }

    /** Adds {@code records} and, where there are more, the way to them. */
    static void list(ObjectNode page, Asked asked, Wanted wanted, Books books, UnaryOperator<UsageRecord> shown)
            throws Declined, BooksException {
        List<UsageRecord> found = books.records(wanted.query(Cursor.of(asked), wanted.limit + 1));
        boolean more = found.size() > wanted.limit;
        List<UsageRecord> kept = more ? found.subList(0, wanted.limit) : found;
        ArrayNode records = page.putArray("records");
        kept.forEach(record -> records.addRawValue(raw(shown.apply(record))));
        page.put("limit", wanted.limit);
        if (more) {
            String cursor = Cursor.behind(kept.get(kept.size() - 1));
            page.put("next_cursor", cursor);
            page.put("next", asked.again(StatisticsPages.pinned(wanted.span, "cursor", cursor)));
        }
    }

    private static RawValue raw(UsageRecord record) {
        return new RawValue(new String(RecordJson.bytes(record), StandardCharsets.UTF_8));
    }

    /** A single record. Where its id tells when the call began it is found at once, otherwise among all of a time. */
    static ObjectNode single(Asked asked, Open open) throws Declined, BooksException {
        asked.only(TIMES);
        String id = asked.question().id();
        Span span = Span.of(asked, open.defaults(Granularity.TOTAL));
        OptionalLong began = CallIds.startedMillis(id);
        if (began.isPresent()) {
            Instant at = Instant.ofEpochMilli(began.getAsLong());
            return find(id, new Span(at, at.plusMillis(1), span.zone(), span.granularity()), open)
                    .orElseThrow(() -> notFound("No call with this id is in the books."));
        }
        if (Duration.between(span.from(), span.to()).compareTo(MOST_SEARCHED) > 0) {
            throw Asked.malformed("start_time", "at most " + MOST_SEARCHED.toDays() + " days before end_time");
        }
        return find(id, span, open)
                .orElseThrow(() -> notFound("No call with this id is in the books from "
                        + span.told(span.from().toEpochMilli()) + " to "
                        + span.told(span.to().toEpochMilli())
                        + ". If it was at another time, name that with start_time and end_time."));
    }

    private static Declined notFound(String message) {
        return new Declined(Declined.Why.NOT_FOUND, message);
    }

    private static Optional<ObjectNode> find(String id, Span span, Open open) throws BooksException {
        Wanted all = new Wanted(span, Map.of(), MOST);
        Optional<Mark> behind = Optional.empty();
        List<UsageRecord> page;
        do {
            page = open.books().records(all.query(behind, MOST));
            for (UsageRecord record : page) {
                if (record.id().equals(id)) {
                    ObjectNode answer = View.object();
                    answer.putRawValue("record", raw(record));
                    return Optional.of(answer);
                }
                behind = Optional.of(new Mark(record.startedMillis(), record.id()));
            }
        } while (page.size() == MOST);
        return Optional.empty();
    }
}
