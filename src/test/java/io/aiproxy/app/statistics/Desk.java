package io.aiproxy.app.statistics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.admin.UsageDesk.Declined;
import io.aiproxy.admin.UsageDesk.File;
import io.aiproxy.admin.UsageDesk.Question;
import io.aiproxy.admin.UsageDesk.Topic;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Ticker;
import io.aiproxy.testing.InMemoryBooks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The desk over books in memory, at noon of 2026-05-20 in UTC; days begin in Shanghai. */
final class Desk implements Ticker {
    static final String NOW = "2026-05-20T12:00:00Z";

    private static final ObjectMapper JSON = new ObjectMapper();

    final InMemoryBooks books = new InMemoryBooks();
    final Snapshot snapshot;
    final UsageService service;

    Desk(Path directory) {
        this(directory, "enabled: true");
    }

    Desk(Path directory, String usage) {
        try {
            Files.writeString(
                    directory.resolve("channels.yaml"),
                    "channels: {alpha: {name: Alpha, base_url: \"https://alpha.example.com\", auth: none}}\n");
            Files.writeString(
                    directory.resolve("users.yaml"),
                    "users: {zhangsan: {name: 张三, channels: [alpha], proxy_key: pk_test_zhangsan}}\n");
            Files.writeString(
                    directory.resolve("system.yaml"), "system: {usage: {" + usage + ", time_zone: Asia/Shanghai}}\n");
            snapshot = ConfigLoader.load(directory, name -> null, 1, Instant.EPOCH);
        } catch (IOException | ConfigException e) {
            throw new IllegalStateException(e);
        }
        service = new UsageService(() -> snapshot, this);
    }

    Desk open() {
        service.open(books);
        return this;
    }

    @Override
    public long nanos() {
        return 0;
    }

    @Override
    public long millis() {
        return Instant.parse(NOW).toEpochMilli();
    }

    private static Question question(Topic topic, String id, String query) {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        for (String pair : query.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            if (!pair.isEmpty()) {
                parameters
                        .computeIfAbsent(parts[0], unused -> new ArrayList<>())
                        .add(URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        return new Question(topic, "/here", id, parameters, topic == Topic.OWN ? "zhangsan" : "");
    }

    /** The document that answers. */
    JsonNode ask(Topic topic, String query) {
        return ask(topic, "", query);
    }

    JsonNode ask(Topic topic, String id, String query) {
        try {
            return JSON.readTree(
                    service.answer(question(topic, id, query)).document().toString());
        } catch (Declined | JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** The page behind this one. */
    JsonNode next(Topic topic, JsonNode page) {
        String next = page.path("next").asText();
        return ask(topic, next.substring(next.indexOf('?') + 1));
    }

    File file(String query) {
        try {
            return service.answer(question(Topic.EXPORT, "", query)).file().orElseThrow();
        } catch (Declined e) {
            throw new AssertionError(e);
        }
    }

    String text(String query) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            file(query).content().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (Declined e) {
            throw new AssertionError(e);
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Why there is no answer. */
    Declined declined(Topic topic, String query) {
        try {
            service.answer(question(topic, "", query));
        } catch (Declined e) {
            return e;
        }
        throw new AssertionError(topic + " was answered: " + query);
    }
}
