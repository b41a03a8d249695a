package io.aiproxy.app.statistics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.UsageRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code me/usage}: what a user has used, for that user and nobody else. */
final class OwnPage {
    private static final List<Dimension> FILTERS =
            List.of(Dimension.KEY, Dimension.CHANNEL, Dimension.MODEL, Dimension.OPERATION, Dimension.ENDING);

    private OwnPage() {}

    static ObjectNode page(Asked asked, Open open) throws Declined, BooksException {
        List<String> known = new ArrayList<>(List.of("records", "limit", "cursor"));
        known.addAll(Span.PARAMETERS);
        FILTERS.forEach(dimension -> known.add(Filters.word(dimension)));
        asked.only(known);
        String user = asked.question().user();
        boolean records = asked.flag("records");
        int limit = asked.integer("limit", 1, RecordPages.MOST, RecordPages.STANDARD);
        Span span = Span.of(asked, open.defaults(Granularity.DAY));
        Map<Dimension, Set<String>> filters = filters(asked, user);

        Sheet byTime = new Sheet(span, List.of(), filters, false);
        ObjectNode page = View.object().put("user", user);
        page.setAll(StatisticsPages.document(byTime, open));
        page.remove(List.of("by", "filters"));
        if (span.granularity() != Granularity.TOTAL) {
            page.set("by_time", new View(byTime, open.names()).rows(byTime.rows(open.books())));
        }
        Sheet byModel = new Sheet(span.whole(), List.of(Dimension.MODEL), filters, false);
        page.set("by_model", new View(byModel, open.names()).rows(byModel.rows(open.books())));
        if (records) {
            RecordPages.Wanted wanted = new RecordPages.Wanted(span, filters, limit);
            RecordPages.list(page, asked, wanted, open.books(), OwnPage::shown);
        }
        return page;
    }

    /** Whatever is asked for, the user is the one who asks; keys are named without their user. */
    private static Map<Dimension, Set<String>> filters(Asked asked, String user) throws Declined {
        Map<Dimension, Set<String>> filters = new EnumMap<>(Dimension.class);
        filters.putAll(Filters.of(asked));
        filters.put(Dimension.USER, Set.of(user));
        Set<String> keys = filters.get(Dimension.KEY);
        if (keys != null) {
            Set<String> own = new LinkedHashSet<>();
            keys.forEach(key -> own.add(user + "/" + key));
            filters.put(Dimension.KEY, own);
        }
        return filters;
    }

    /** Which of a channel's credentials served is not the caller's business. */
    private static UsageRecord shown(UsageRecord record) {
        return new UsageRecord(
                record.id(),
                record.startedMillis(),
                record.endedMillis(),
                record.user(),
                record.key(),
                record.groups(),
                record.channel(),
                "",
                record.dialect(),
                record.operation(),
                record.template(),
                record.method(),
                record.modelAsked(),
                record.modelAnswered(),
                record.webSocket(),
                record.status(),
                record.ending(),
                record.failure(),
                record.attempts(),
                record.bytesIn(),
                record.bytesOut(),
                record.firstByteMicros(),
                record.durationMicros(),
                record.overheadMicros(),
                record.usage(),
                record.source(),
                record.cost(),
                record.currency(),
                record.priced(),
                record.tags(),
                record.client(),
                record.configVersion(),
                record.work());
    }
}
