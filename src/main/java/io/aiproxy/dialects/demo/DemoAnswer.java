package io.aiproxy.dialects.demo;

import java.util.List;

/**
 * What the demo channel answers.
 *
 * @param status HTTP status
 * @param contentType value of {@code Content-Type}
 * @param pieces the body; for a stream one event each, to be flushed one by one
 * @param paced whether there should be a pause between pieces, as if somebody were thinking
 */
public record DemoAnswer(int status, String contentType, List<byte[]> pieces, boolean paced) {
    static final String JSON = "application/json";
    static final String EVENTS = "text/event-stream";

    static DemoAnswer json(Object value) {
        return new DemoAnswer(200, JSON, List.of(Parts.bytes(value)), false);
    }

    static DemoAnswer events(List<byte[]> events) {
        return new DemoAnswer(200, EVENTS, List.copyOf(events), true);
    }
}
