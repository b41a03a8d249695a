package io.aiproxy.usage.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Secret;
import io.aiproxy.sql.Database;
import io.aiproxy.usage.Books.Position;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.UsageRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever is asked, of whatever calls, in whatever zone: sums of sums are the sums of the calls. The calls are around the days
 * on which clocks are changed, the questions begin and end anywhere.
 */
class RollUpPropertiesTest {
    private static final List<ZoneId> ZONES = Stream.of(
                    "Europe/Berlin",
                    "America/New_York",
                    "Asia/Kathmandu",
                    "Australia/Lord_Howe",
                    "Asia/Shanghai",
                    "UTC")
            .map(ZoneId::of)
            .toList();
    /** Where no clocks are changed it may be any day. */
    private static final Instant SPRING = Instant.parse("2026-03-20T00:00:00Z");

    private static final int CALLS = 500;
    private static final int QUESTIONS = 25;
    private static Path directory;
    private static int files;

    @BeforeContainer
    static void open() throws IOException {
        directory = Files.createTempDirectory("aiproxy-roll-ups");
    }

    @AfterContainer
    static void delete() throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            for (Path file : all.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    /** The time that calls are in: some days around a change of the clocks in one of the zones. */
    private static long change(ZoneId zone, Random random) {
        Instant from = SPRING.plus(Duration.ofDays(random.nextInt(300)));
        ZoneOffsetTransition next = zone.getRules().nextTransition(from);
        return (next == null ? from : next.getInstant()).toEpochMilli();
    }

    private static List<UsageRecord> calls(Random random, long change) {
        Calls office = new Calls(random.nextLong());
        long days = Duration.ofDays(1 + random.nextInt(40)).toMillis();
        List<UsageRecord> all = office.between(change - days / 2, change + days / 2, CALLS / 2);
        long hours = Duration.ofHours(3).toMillis();
        all.addAll(office.between(change - hours, change + hours, CALLS / 2));
        return all;
    }

    private static StatisticsQuery question(Random random, List<UsageRecord> all, ZoneId zone) {
        long one = all.get(random.nextInt(all.size())).startedMillis();
        long other = all.get(random.nextInt(all.size())).startedMillis();
        long aside = random.nextInt(7_200_000) - 3_600_000;
        List<Dimension> by = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Dimension dimension = any(random, List.of(Dimension.values()));
            if (!by.contains(dimension)) {
                by.add(dimension);
            }
        }
        return new StatisticsQuery(
                Instant.ofEpochMilli(Math.min(one, other)),
                Instant.ofEpochMilli(Math.max(one, other) + Math.max(1, aside)),
                zone,
                any(random, List.of(Granularity.values())),
                by,
                filters(random),
                random.nextBoolean());
    }

    private static Map<Dimension, Set<String>> filters(Random random) {
        Map<Dimension, Set<String>> filters = new EnumMap<>(Dimension.class);
        if (random.nextInt(3) == 0) {
            filters.put(Dimension.USER, any(random, List.of(Set.of("zhangsan"), Set.of("lisi", ""), Set.of("nobody"))));
        }
        if (random.nextInt(3) == 0) {
            filters.put(Dimension.GROUP, any(random, List.of(Set.of("staff"), Set.of("research", ""))));
        }
        if (random.nextInt(4) == 0) {
            filters.put(Dimension.ENDING, Set.of("ok"));
        }
        return filters;
    }

    private static <T> T any(Random random, List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    @Property(tries = 40, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void sums_of_sums_are_sums_of_calls(
            @ForAll long seed, @ForAll @IntRange(max = 5) int books, @ForAll @IntRange(max = 5) int asked)
            throws Exception {
        Random random = new Random(seed);
        ZoneId home = ZONES.get(books);
        ZoneId away = ZONES.get(asked);
        long change = change(random.nextBoolean() ? home : away, random);
        List<UsageRecord> all = calls(random, change);
        Database database =
                new Database("jdbc:sqlite:" + directory.resolve("usage-" + files++ + ".db"), "", Secret.of(""));
        try (SqlBooks kept = SqlBooks.open(database, home)) {
            for (int i = 0; i < all.size(); i += 100) {
                kept.add(all.subList(i, i + 100), new Position("a", 1, i + 1));
            }
            for (int i = 0; i < QUESTIONS; i++) {
                if (i == QUESTIONS / 2 && random.nextBoolean()) { // the rest can only come from sums
                    kept.purge(Instant.ofEpochMilli(change).plus(Duration.ofDays(60)), Instant.MIN);
                }
                StatisticsQuery query = question(random, all, random.nextInt(4) == 0 ? home : away);
                assertThat(kept.statistics(query))
                        .as("days begin in %s, seed %d: %s", home, seed, query)
                        .isEqualTo(Naive.statistics(all, query));
            }
        }
    }
}
