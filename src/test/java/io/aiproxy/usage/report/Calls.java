package io.aiproxy.usage.report;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.UsageRecord;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Makes records of calls. */
public final class Calls {
    private static long next;

    private String user = "zhangsan";
    private String channel = "openai";
    private String model = "gpt-4o";
    private int status = 200;
    private Usage usage = Usage.NONE;
    private UsageSource source = UsageSource.NONE;
    private long cost;
    private String currency = "";
    private long micros = 1_500_000;
    private final long at;

    private Calls(long at) {
        this.at = at;
    }

    /** A call that began at this moment, such as {@code 2026-11-02T10:00:00Z}. */
    public static Calls at(String moment) {
        return new Calls(Instant.parse(moment).toEpochMilli());
    }

    /** A call that began at this moment. */
    public static Calls at(long millis) {
        return new Calls(millis);
    }

    /** Whose. */
    public Calls by(String who) {
        user = who;
        return this;
    }

    /** Where. */
    public Calls to(String of, String named) {
        channel = of;
        model = named;
        return this;
    }

    /** What it used, as the provider has told. */
    public Calls used(long input, long output) {
        usage = new Usage(input, output, input / 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        source = UsageSource.PROVIDER;
        return this;
    }

    /** That usage was estimated. */
    public Calls estimated() {
        source = UsageSource.ESTIMATED;
        return this;
    }

    /** What it cost. */
    public Calls cost(String amount, String of) {
        cost = new BigDecimal(amount).movePointRight(9).longValueExact();
        currency = of;
        return this;
    }

    /** What it was answered with. */
    public Calls status(int of) {
        status = of;
        return this;
    }

    /** How long it took. */
    public Calls took(long of) {
        micros = of;
        return this;
    }

    /** The record. */
    public UsageRecord record() {
        synchronized (Calls.class) {
            next++;
        }
        return new UsageRecord(
                String.format("req-%09d", next),
                at,
                at + micros / 1000,
                user,
                "laptop",
                List.of("staff"),
                channel,
                "main",
                "openai",
                "chat",
                "/v1/chat/completions",
                "POST",
                model,
                model,
                false,
                status,
                "complete",
                status < 400 ? "" : "upstream_timeout",
                1,
                100,
                2000,
                200_000,
                micros,
                300,
                usage,
                source,
                cost,
                currency,
                !currency.isEmpty(),
                Map.of(),
                "127.0.0.1",
                1,
                "");
    }
}
