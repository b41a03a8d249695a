package io.aiproxy.telemetry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** Events as JSON: what all of them have, then what each has to say. */
final class EventJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private EventJson() {}

    static Event event(EventStream stream, String type, long millis, Map<String, ?> data) {
        String id = UUID.randomUUID().toString();
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("type", type);
        all.put("id", id);
        all.put("time", Instant.ofEpochMilli(millis).toString());
        all.putAll(data);
        try {
            return new Event(stream, type, id, millis, JSON.writeValueAsBytes(all));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("an event's data is no JSON: " + type, e);
        }
    }
}
