package io.aiproxy.telemetry;

import java.util.Map;

/**
 * Something that happened, for those outside who want to know. Documented in {@code docs/reference/events/}, a schema for
 * each stream.
 *
 * @param stream where it belongs
 * @param type what happened, e.g. {@code limit.exhausted}; of a fixed set for each stream
 * @param id unique
 * @param millis when, wall clock
 * @param json the whole of it as a JSON object, UTF-8; holds no secrets. Not changed by anybody
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares events
public record Event(EventStream stream, String type, String id, long millis, byte[] json) {
    /**
     * An event that says this.
     *
     * @param data names and values: strings, numbers, booleans, lists and maps of these
     */
    public static Event of(EventStream stream, String type, long millis, Map<String, ?> data) {
        return EventJson.event(stream, type, millis, data);
    }

    @Override
    public String toString() {
        return type + " " + id;
    }
}
