package io.aiproxy.testing;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import io.aiproxy.usage.UsageRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A record of the books for tests: a good chat of zhangsan's, but for what is said otherwise. Immutable. */
public record CallRecord(
        String id,
        Instant started,
        String user,
        List<String> groups,
        String channel,
        String model,
        String operation,
        int status,
        String ending,
        String failure,
        boolean webSocket,
        long durationMillis,
        Usage usage,
        UsageSource source,
        long cost,
        String currency) {
    /** A call that began at this moment. */
    public static CallRecord at(String id, String started) {
        return new CallRecord(
                id,
                Instant.parse(started),
                "zhangsan",
                List.of(),
                "alpha",
                "gpt-4o",
                "chat",
                200,
                "ok",
                "",
                false,
                100,
                tokens(100, 20),
                UsageSource.PROVIDER,
                1_250_000,
                "USD");
    }

    /** So many tokens. */
    public static Usage tokens(long input, long output) {
        return new Usage(input, output, input / 2, 0, output / 4, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** Of this user, who is in these groups. */
    public CallRecord of(String who, String... in) {
        return new CallRecord(
                id,
                started,
                who,
                List.of(in),
                channel,
                model,
                operation,
                status,
                ending,
                failure,
                webSocket,
                durationMillis,
                usage,
                source,
                cost,
                currency);
    }

    /** To this model at this channel. */
    public CallRecord to(String where, String what) {
        return new CallRecord(
                id,
                started,
                user,
                groups,
                where,
                what,
                operation,
                status,
                ending,
                failure,
                webSocket,
                durationMillis,
                usage,
                source,
                cost,
                currency);
    }

    /** It ended like this, and nothing was used. */
    public CallRecord failed(int answered, String how, String code) {
        return new CallRecord(
                id,
                started,
                user,
                groups,
                channel,
                model,
                operation,
                answered,
                how,
                code,
                webSocket,
                durationMillis,
                Usage.NONE,
                UsageSource.NONE,
                0,
                "");
    }

    /** It was a WebSocket and lived so long. */
    public CallRecord socket(long livedMillis) {
        return new CallRecord(
                id,
                started,
                user,
                groups,
                channel,
                model,
                "realtime",
                101,
                "cancelled",
                failure,
                true,
                livedMillis,
                usage,
                source,
                cost,
                currency);
    }

    /** It took so long. */
    public CallRecord took(long millis) {
        return new CallRecord(
                id, started, user, groups, channel, model, operation, status, ending, failure, webSocket, millis, usage,
                source, cost, currency);
    }

    /** It cost so many billionths; no currency: there is no price. */
    public CallRecord cost(long billionths, String of) {
        return new CallRecord(
                id,
                started,
                user,
                groups,
                channel,
                model,
                operation,
                status,
                ending,
                failure,
                webSocket,
                durationMillis,
                usage,
                source,
                billionths,
                of);
    }

    /** It used this; it was counted from the text if {@code estimated}. */
    public CallRecord used(Usage what, boolean estimated) {
        return new CallRecord(
                id,
                started,
                user,
                groups,
                channel,
                model,
                operation,
                status,
                ending,
                failure,
                webSocket,
                durationMillis,
                what,
                estimated ? UsageSource.ESTIMATED : UsageSource.PROVIDER,
                cost,
                currency);
    }

    /** The record. */
    public UsageRecord record() {
        long began = started.toEpochMilli();
        return new UsageRecord(
                id,
                began,
                began + durationMillis,
                user,
                user.isEmpty() ? "" : "laptop",
                groups,
                channel,
                channel.isEmpty() ? "" : "main",
                "openai",
                operation,
                "/v1/chat/completions",
                "POST",
                model,
                "",
                webSocket,
                status,
                ending,
                failure,
                channel.isEmpty() ? 0 : 1,
                1000,
                2000,
                durationMillis * 500,
                durationMillis * 1000,
                700,
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
