package io.aiproxy.testing.providers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Texts of answers with places for what differs from one answer to the next. */
final class Cassette {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final AtomicInteger IDS = new AtomicInteger();

    private Cassette() {}

    /** An id that no other upstream makes. */
    static String id(FakeUpstream upstream) {
        return upstream.port() + "x" + IDS.incrementAndGet();
    }

    /** The text with every {@code {{name}}} filled in. */
    static String text(String name, Map<String, String> values) {
        try (InputStream in = Cassette.class.getResourceAsStream("/cassettes/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("No cassette " + name);
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (Map.Entry<String, String> value : values.entrySet()) {
                text = text.replace("{{" + value.getKey() + "}}", value.getValue());
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Plays the events of a text one by one; waits at the gate before the last. */
    static Reply stream(String text, Gate gate) {
        String end = text.contains("\r\n\r\n") ? "\r\n\r\n" : "\n\n";
        String[] events = text.split(end);
        Reply reply = Reply.sse();
        for (int i = 0; i < events.length; i++) {
            if (i == events.length - 1) {
                reply.await(gate);
            }
            reply.write(events[i] + end);
        }
        return reply;
    }

    /** A text field of a request's JSON body, or a default. */
    static String field(Recorded request, String name, String otherwise) {
        JsonNode value = json(request).path(name);
        return value.isTextual() ? value.asText() : otherwise;
    }

    /** Whether the request asks for a stream. */
    static boolean streams(Recorded request) {
        return json(request).path("stream").asBoolean();
    }

    private static JsonNode json(Recorded request) {
        try {
            return JSON.readTree(request.body());
        } catch (IOException e) {
            return JSON.nullNode();
        }
    }

    /** What came, which has to be JSON. */
    static JsonNode json(byte[] text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("The scripted provider wants JSON", e);
        }
    }
}
