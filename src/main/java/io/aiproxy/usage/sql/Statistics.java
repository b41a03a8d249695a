package io.aiproxy.usage.sql;

import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Answers questions for sums. */
final class Statistics {
    private static final Comparator<StatisticsRow> ORDER =
            Comparator.comparingLong(StatisticsRow::time).thenComparing(StatisticsRow::values, Statistics::compare);

    private Statistics() {}

    private static int compare(List<String> one, List<String> other) {
        for (int i = 0; i < one.size(); i++) {
            int order = one.get(i).compareTo(other.get(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    /** Within the caller's transaction, in which everything is of one moment. */
    static List<StatisticsRow> of(Connection connection, StatisticsQuery query) throws SQLException, BooksException {
        State state = State.read(connection, "");
        long from = Times.floor(Times.millis(query.from()), Times.MINUTE);
        Range all = Maintenance.extent(connection);
        Range range = new Range(
                Math.max(from, all.from()),
                Math.min(Times.ceil(Times.millis(query.to()), Times.MINUTE), end(all, state)));
        if (range.isEmpty()) {
            return List.of();
        }
        Plan.Zones zones = new Plan.Zones(new Times(ZoneId.of(state.zone())), new Times(query.zone()));
        Question question = new Question(connection, query);
        for (Segment planned : Plan.of(state, zones, query.granularity(), range)) {
            Segment segment = question.from(planned);
            question.sums(segment);
            if (query.latencies()) {
                question.latencies(segment);
            }
        }
        List<StatisticsRow> rows = new ArrayList<>();
        question.answer().forEach((place, tally) -> {
            if (tally.of(Measure.REQUESTS) > 0) {
                long time = query.granularity() == Granularity.TOTAL ? from : place.time();
                rows.add(row(time, place.values(), tally, query.latencies()));
            }
        });
        rows.sort(ORDER);
        return rows;
    }

    private static StatisticsRow row(long time, List<String> values, Tally tally, boolean latencies) {
        return new StatisticsRow(
                time,
                values,
                tally.sums(),
                latencies ? tally.durations().quantiles() : Optional.empty(),
                latencies ? tally.firstBytes().quantiles() : Optional.empty());
    }

    private static long end(Range all, State state) {
        return all.isEmpty() ? 0 : new Times(ZoneId.of(state.zone())).nextMonth(all.to());
    }
}
