package io.aiproxy.usage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageField;
import io.aiproxy.core.UsageSource;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Records out of lines of the access log in its JSON format ({@link io.aiproxy.telemetry.AccessLog}), for books that have lost
 * some. A line says less than a record: there are no groups, tags and no path's template, and the model is the one asked for,
 * unless newer lines say so; names that were cut in the log stay cut. Not for several threads.
 */
public final class AccessLogRecords {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Pricing pricing;
    private long unusable;

    /** @param pricing what usage costs: the log does not say so */
    public AccessLogRecords(Pricing pricing) {
        this.pricing = pricing;
    }

    /** How many lines were no records: of another format, cut off, or without id or time. */
    public long unusable() {
        return unusable;
    }

    /** The record of a line; empty where it is none, which is counted unless the line is blank. */
    public Optional<UsageRecord> record(String line) {
        if (line.isBlank()) {
            return Optional.empty();
        }
        try {
            JsonNode json = JSON.readTree(line);
            if (json.isObject() && json.path("id").isTextual()) {
                return Optional.of(record(json));
            }
        } catch (JsonProcessingException | DateTimeException e) {
            // counted below; a line is never quoted, because a path may hold what nobody should see
        }
        unusable++;
        return Optional.empty();
    }

    private UsageRecord record(JsonNode json) {
        long started = Instant.parse(json.path("time").asText()).toEpochMilli();
        long duration = micros(json, "duration_ms");
        boolean socket = json.has("frames_in");
        Usage usage = usage(json.path("usage"));
        String channel = text(json, "channel");
        String asked = text(json, "model");
        String answered = text(json, "model_answered");
        Pricing.Price price = usage.equals(Usage.NONE)
                ? Pricing.Price.UNKNOWN
                : pricing.of(new Pricing.Sale(channel, asked, answered, usage, started));
        return new UsageRecord(
                text(json, "id"),
                started,
                started + Math.max(0, duration) / 1000,
                text(json, "user"),
                text(json, "key"),
                list(json.path("groups")),
                channel,
                text(json, "credential"),
                text(json, "dialect"),
                text(json, "operation"),
                text(json, "template"),
                text(json, "method"),
                asked,
                answered,
                socket,
                json.path("status").asInt(),
                text(json, "ending"),
                text(json, "failure"),
                json.path("attempts").size(),
                json.path("bytes_in").asLong(),
                json.path("bytes_out").asLong(),
                micros(json, "ttfb_ms"),
                duration,
                micros(json, "overhead_ms"),
                usage,
                source(json, usage),
                price.amount(),
                price.currency(),
                price.known(),
                tags(json.path("tags")),
                text(json, "client"),
                json.path("config_version").asLong(),
                text(json, "work"));
    }

    private static String text(JsonNode json, String name) {
        return Words.clean(json.path(name).asText("")); // the log keeps control characters, as escapes
    }

    /** Milliseconds with fractions; -1 where nothing is said. */
    private static long micros(JsonNode json, String name) {
        JsonNode value = json.path(name);
        return value.isNumber() ? Math.round(value.asDouble() * 1000) : -1;
    }

    private static UsageSource source(JsonNode json, Usage usage) {
        String said = text(json, "usage_source");
        for (UsageSource source : UsageSource.values()) {
            if (source.tag().equals(said)) {
                return source;
            }
        }
        return usage.equals(Usage.NONE) ? UsageSource.NONE : UsageSource.PROVIDER;
    }

    private static Usage usage(JsonNode json) {
        return UsageField.usage(number -> json.path(number.word()).asLong());
    }

    private static List<String> list(JsonNode json) {
        List<String> list = new ArrayList<>();
        json.forEach(one -> list.add(Words.clean(one.asText())));
        return List.copyOf(list);
    }

    private static Map<String, String> tags(JsonNode json) {
        Map<String, String> tags = new LinkedHashMap<>();
        json.properties()
                .forEach(tag -> tags.put(
                        Words.clean(tag.getKey()), Words.clean(tag.getValue().asText())));
        return tags;
    }
}
