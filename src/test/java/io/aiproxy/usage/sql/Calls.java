package io.aiproxy.usage.sql;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.UsageRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random records of a small office. */
final class Calls {
    private static final String[] USERS = {"zhangsan", "lisi", "wang/wu", ""};
    private static final List<List<String>> GROUPS = List.of(List.of("research", "staff"), List.of("staff"), List.of());
    private static final String[] MODELS = {"gpt-4o", "claude-sonnet", "qwen-max"};
    private static final String[] ENDINGS = {"ok", "ok", "ok", "channel_error"};

    private final Random random;
    private int ids;

    Calls(long seed) {
        random = new Random(seed);
    }

    /** Each somewhere between both. */
    List<UsageRecord> between(long from, long to, int count) {
        List<UsageRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(at(from + Math.floorMod(random.nextLong(), to - from)));
        }
        return records;
    }

    UsageRecord at(long started) {
        int user = random.nextInt(USERS.length);
        String model = MODELS[random.nextInt(MODELS.length)];
        boolean socket = random.nextInt(10) == 0;
        boolean used = random.nextInt(4) > 0;
        boolean priced = used && random.nextBoolean();
        String ending = ENDINGS[random.nextInt(ENDINGS.length)];
        long duration = random.nextInt(20) == 0 ? -1 : (long) Math.exp(random.nextDouble() * 17);
        return new UsageRecord(
                "req-" + ids++ + "-" + random.nextInt(1000),
                started,
                started + Math.max(0, duration) / 1000,
                USERS[user],
                USERS[user].isEmpty() ? "" : random.nextBoolean() ? "laptop" : "server",
                USERS[user].isEmpty() ? List.of() : GROUPS.get(user % GROUPS.size()),
                random.nextBoolean() ? "openai" : "azure",
                "default",
                "openai",
                "chat",
                "/v1/chat/completions",
                "POST",
                model,
                random.nextBoolean() ? model + "-2024" : random.nextBoolean() ? model : "",
                socket,
                socket ? 101 : ending.equals("ok") ? 200 : 502,
                ending,
                ending.equals("ok") ? "" : "upstream_error",
                1 + random.nextInt(2),
                random.nextInt(10_000),
                random.nextInt(100_000),
                socket || random.nextInt(10) == 0 ? -1 : Math.max(0, duration / 2),
                duration,
                random.nextInt(5_000),
                used ? usage() : Usage.NONE,
                used ? (random.nextBoolean() ? UsageSource.PROVIDER : UsageSource.ESTIMATED) : UsageSource.NONE,
                priced ? random.nextInt(1_000_000_000) : 0,
                priced ? (random.nextBoolean() ? "USD" : "CNY") : "",
                priced,
                random.nextInt(3) == 0 ? Map.of("x-team", "red \"team\" \u0000 é") : Map.of(),
                "192.0.2." + random.nextInt(255),
                random.nextInt(9),
                "");
    }

    private Usage usage() {
        return new Usage(
                random.nextInt(9000),
                random.nextInt(2000),
                random.nextInt(2) * 100L,
                random.nextInt(2) * 10L,
                random.nextInt(2) * 20L,
                random.nextInt(2),
                random.nextInt(2),
                random.nextInt(2),
                random.nextInt(2) * 300L,
                random.nextInt(2) * 7L,
                random.nextInt(3),
                random.nextInt(2) * 5L,
                random.nextInt(2),
                random.nextInt(2));
    }
}
