package io.aiproxy.usage.sql;

import io.aiproxy.core.Secret;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.sql.Database;
import io.aiproxy.usage.Books.Position;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.RecordQuery;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.UsageRecord;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How fast the books are: fills a database with a month of calls and asks it. Run it alone on the machine, from the classes of the tests:
 *
 * <pre>java -cp … io.aiproxy.usage.sql.BooksBenchmark jdbc:sqlite:/var/tmp/books/usage.db 10000000</pre>
 *
 * <p>{@code -Ddays=3} fills only the first days of the month.
 *
 * <p>User, password: third and fourth argument. A database that is filled already is only asked. The month has 1,000 users, 5
 * channels and 20 models; a user works with one to four models, each of which one or two channels serve; three quarters of all calls are
 * made from nine to six on working days.
 */
public final class BooksBenchmark {
    private static final Logger LOG = LoggerFactory.getLogger(BooksBenchmark.class);
    private static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    private static final Instant FROM = Instant.parse("2026-09-30T16:00:00Z");
    private static final Instant TO = Instant.parse("2026-10-31T16:00:00Z");
    private static final int BATCH = 4_000;
    private static final int USERS = 1_000;
    private static final int MODELS = 20;

    /** Time of a machine that does nothing else: what others take of it does not count. A server's time is not in it. */
    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private final Random random = new Random(1);
    private long ids;

    private BooksBenchmark() {}

    /** See above. */
    public static void main(String[] args) throws Exception {
        Database database =
                new Database(args[0], args.length > 2 ? args[2] : "", Secret.of(args.length > 3 ? args[3] : ""));
        try (SqlBooks books = SqlBooks.open(database, ZONE)) {
            if (books.position("benchmark").isEmpty()) {
                new BooksBenchmark().fill(books, Integer.parseInt(args[1]), Integer.getInteger("days", 31));
            }
            for (int i = 0; i < 3; i++) {
                ask(books);
            }
        }
    }

    private void fill(SqlBooks books, int count, int days) throws Exception {
        long begin = System.nanoTime();
        long spent = 0;
        List<Long> times = new ArrayList<>();
        int left = count;
        for (int day = 0; day < days; day++) {
            int ofDay = day == 30 ? left : Math.min(left, (int) ((long) count * weight(day) / 189));
            left -= ofDay;
            times.clear();
            for (int i = 0; i < ofDay; i++) {
                times.add(FROM.toEpochMilli() + day * 86_400_000L + moment());
            }
            times.sort(null);
            for (int i = 0; i < ofDay; i += BATCH) {
                List<UsageRecord> batch = times.subList(i, Math.min(ofDay, i + BATCH)).stream()
                        .map(this::call)
                        .toList();
                long start = CPU.getCurrentThreadCpuTime();
                books.add(batch, new Position("benchmark", day, i));
                spent += CPU.getCurrentThreadCpuTime() - start;
            }
            LOG.info(
                    "day {}: {} records, {} per second of processor time in books.add",
                    day,
                    ids,
                    ids * 1_000_000_000L / spent);
        }
        LOG.info("filled in {} s", (System.nanoTime() - begin) / 1_000_000_000);
    }

    /** The first of October is a Thursday. */
    private static int weight(int day) {
        return (day + 3) % 7 >= 5 ? 3 : 7;
    }

    private long moment() {
        return random.nextInt(4) == 0 ? random.nextInt(86_400_000) : 9 * 3_600_000L + random.nextInt(9 * 3_600_000);
    }

    private UsageRecord call(long started) {
        int user = (int) (USERS * Math.pow(random.nextDouble(), 1.7));
        int model = Math.floorMod(user * 7 + random.nextInt(1 + user % 4) * 3, MODELS);
        int channel = (model + (model % 2 == 0 && random.nextInt(5) == 0 ? 1 : 0)) % 5;
        boolean ok = random.nextInt(40) > 0;
        long duration = (long) (800_000 * Math.exp(random.nextGaussian()));
        return new UsageRecord(
                "0198c1f2-" + Long.toHexString(0x100000000000L + ids++),
                started,
                started + duration / 1000,
                "user" + user,
                user % 3 == 0 && random.nextInt(5) == 0 ? "server" : "laptop",
                List.of("team" + user % 30),
                "channel" + channel,
                "main",
                "openai",
                "chat",
                "/v1/chat/completions",
                "POST",
                "model-" + model,
                ok ? "model-" + model : "",
                false,
                ok ? 200 : 502,
                ok ? "ok" : "channel_error",
                ok ? "" : "upstream_error",
                ok ? 1 : 2,
                1_000 + random.nextInt(20_000),
                500 + random.nextInt(9_000),
                ok ? duration / 4 : -1,
                duration,
                400 + random.nextInt(400),
                ok
                        ? new Usage(random.nextInt(8_000), random.nextInt(900), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
                        : Usage.NONE,
                ok ? UsageSource.PROVIDER : UsageSource.NONE,
                ok ? 1_000_000L + random.nextInt(50_000_000) : 0,
                ok ? "USD" : "",
                ok,
                Map.of(),
                "192.0.2." + user % 250,
                12,
                "");
    }

    private static void ask(SqlBooks books) throws Exception {
        ask(books, "day, user", Granularity.DAY, false, Dimension.USER);
        ask(books, "day, user, with percentiles", Granularity.DAY, true, Dimension.USER);
        ask(books, "total, user", Granularity.TOTAL, false, Dimension.USER);
        ask(books, "total, user, key, model", Granularity.TOTAL, false, Dimension.KEY, Dimension.MODEL);
        ask(books, "day", Granularity.DAY, false);
        ask(books, "day, group", Granularity.DAY, false, Dimension.GROUP);
        ask(books, "month, channel, with percentiles", Granularity.MONTH, true, Dimension.CHANNEL);
        ask(books, "hour", Granularity.HOUR, false);
        ask(books, "hour, currency, with percentiles", Granularity.HOUR, true, Dimension.CURRENCY);
        Map<Dimension, Set<String>> one = Map.of(Dimension.USER, Set.of("user17"));
        long start = CPU.getCurrentThreadCpuTime();
        int rows = books.statistics(
                        new StatisticsQuery(FROM, TO, ZONE, Granularity.HOUR, List.of(Dimension.CURRENCY), one, false))
                .size();
        told("hour, currency, of one user", rows, start);
        start = CPU.getCurrentThreadCpuTime();
        rows = books.statistics(new StatisticsQuery(FROM, TO, ZONE, Granularity.DAY, List.of(), one, true))
                .size();
        told("day, of one user, with percentiles", rows, start);
        start = CPU.getCurrentThreadCpuTime();
        rows = books.statistics(new StatisticsQuery(
                        FROM, TO, ZoneId.of("Europe/Berlin"), Granularity.DAY, List.of(), Map.of(), false))
                .size();
        told("day, of another zone", rows, start);
        start = CPU.getCurrentThreadCpuTime();
        rows = books.records(new RecordQuery(FROM, TO, one, Optional.empty(), 100))
                .size();
        told("the last 100 records of one user", rows, start);
        start = CPU.getCurrentThreadCpuTime();
        rows = books.records(new RecordQuery(
                        FROM,
                        TO,
                        Map.of(Dimension.USER, Set.of("user999"), Dimension.ENDING, Set.of("channel_error")),
                        Optional.empty(),
                        100))
                .size();
        told("the last 100 failures of a user who calls seldom", rows, start);
    }

    private static void ask(SqlBooks books, String what, Granularity granularity, boolean latencies, Dimension... by)
            throws Exception {
        long start = CPU.getCurrentThreadCpuTime();
        int rows = books.statistics(new StatisticsQuery(FROM, TO, ZONE, granularity, List.of(by), Map.of(), latencies))
                .size();
        told(what, rows, start);
    }

    private static void told(String what, int rows, long start) {
        LOG.info(
                "{}: {} rows in {} ms of processor time",
                what,
                rows,
                (CPU.getCurrentThreadCpuTime() - start) / 1_000_000);
    }
}
