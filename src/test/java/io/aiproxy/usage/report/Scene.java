package io.aiproxy.usage.report;

import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the tests of reports share. */
final class Scene {
    static final ZoneId SHANGHAI = ZoneId.of("Asia/Shanghai");
    static final Instant MADE = Instant.parse("2026-12-01T00:30:00Z");

    private Scene() {}

    /** November 2026 in Shanghai. */
    static StatisticsQuery november(Granularity granularity, Dimension... by) {
        return new StatisticsQuery(
                LocalDate.of(2026, 11, 1).atStartOfDay(SHANGHAI).toInstant(),
                LocalDate.of(2026, 12, 1).atStartOfDay(SHANGHAI).toInstant(),
                SHANGHAI,
                granularity,
                List.of(by),
                Map.of(),
                false);
    }

    /** Names of some users, channels and groups: two have the same, one has that of another's id, one wants to be a formula. */
    static final ReportNames NAMES = (dimension, id) -> switch (dimension.name() + " " + id) {
        case "USER u1", "USER u2" -> "王伟";
        case "USER u3" -> "u4";
        case "USER u5" -> "李四";
        case "CHANNEL openai" -> "=OpenAI";
        case "GROUP staff" -> "All of us";
        default -> "";
    };

    /** A month of a small company, always the same. */
    static LedgerBooks month() {
        LedgerBooks books = new LedgerBooks();
        Random random = new Random(7);
        String[] users = {"张三", "lisi", "王小明", "search-service", "chat-assistant", "赵六（财务部）", "bob", "Łukasz"};
        String[][] models = {
            {"bailian", "qwen-plus"}, {"openai", "gpt-4o"}, {"anthropic", "claude-sonnet-4"}, {"bailian", "qwen-max"}
        };
        for (int day = 1; day <= 30; day++) {
            int weekday = LocalDate.of(2026, 11, day).getDayOfWeek().getValue();
            int calls = weekday > 5 ? 4 + random.nextInt(6) : 40 + random.nextInt(40);
            for (int i = 0; i < calls; i++) {
                int minute = 8 * 60 + random.nextInt(600);
                long at = LocalDate.of(2026, 11, day)
                        .atTime(minute / 60, minute % 60)
                        .atZone(SHANGHAI)
                        .toInstant()
                        .toEpochMilli();
                String[] model = models[Math.min(3, (int) Math.abs(random.nextGaussian() * 1.6))];
                int who = Math.min(users.length - 1, (int) Math.abs(random.nextGaussian() * 3));
                Calls call = Calls.at(at)
                        .by(users[who])
                        .to(model[0], model[1])
                        .used(500 + random.nextInt(9000), 50 + random.nextInt(2000))
                        .took(400_000 + random.nextInt(9_000_000));
                if (random.nextInt(40) == 0) {
                    call.status(502);
                } else if (random.nextInt(25) > 0) {
                    call.cost("0." + (1000 + random.nextInt(9000)), model[0].equals("bailian") ? "CNY" : "USD");
                }
                if (random.nextInt(20) == 0) {
                    call.estimated();
                }
                books.with(call.record());
            }
        }
        return books;
    }
}
