package io.aiproxy.dialects.demo;

import static io.aiproxy.dialects.demo.Parts.event;
import static io.aiproxy.dialects.demo.Parts.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Anthropic's messages, token counts and models. */
final class AnthropicDemo {
    private AnthropicDemo() {}

    static DemoAnswer messages(Ask ask) {
        String answer = ask.answerTo(Ask.lastMessage(ask.at("messages")));
        int out = Words.count(answer);
        if (!ask.stream()) {
            return DemoAnswer.json(message(ask, List.of(object("type", "text", "text", answer)), "end_turn", out));
        }
        List<byte[]> events = new ArrayList<>();
        events.add(named(object("type", "message_start", "message", message(ask, List.of(), null, 0))));
        Object block = object("type", "text", "text", "");
        events.add(named(object("type", "content_block_start", "index", 0, "content_block", block)));
        for (String word : Words.cut(answer)) {
            Object delta = object("type", "text_delta", "text", word);
            events.add(named(object("type", "content_block_delta", "index", 0, "delta", delta)));
        }
        events.add(named(object("type", "content_block_stop", "index", 0)));
        Object delta = object("stop_reason", "end_turn", "stop_sequence", null);
        events.add(named(object("type", "message_delta", "delta", delta, "usage", object("output_tokens", out))));
        events.add(named(object("type", "message_stop")));
        return DemoAnswer.events(events);
    }

    private static byte[] named(Map<String, @Nullable Object> data) {
        return event(String.valueOf(data.get("type")), data);
    }

    private static Object message(Ask ask, List<Object> content, @Nullable String stop, int out) {
        Map<String, @Nullable Object> message =
                object("id", "msg_" + ask.id(), "type", "message", "role", "assistant", "model", "demo");
        message.putAll(object("content", content, "stop_reason", stop, "stop_sequence", null));
        Map<String, @Nullable Object> usage = object("input_tokens", input(ask), "output_tokens", out);
        usage.putAll(object("cache_creation_input_tokens", 0, "cache_read_input_tokens", 0));
        message.put("usage", usage);
        return message;
    }

    private static int input(Ask ask) {
        return Words.count(Ask.text(ask.at("system"))) + Words.count(Ask.text(ask.at("messages")));
    }

    static DemoAnswer count(Ask ask) {
        return DemoAnswer.json(object("input_tokens", input(ask)));
    }

    static DemoAnswer models() {
        Object model =
                object("type", "model", "id", "demo", "display_name", "Demo", "created_at", "2026-01-01T00:00:00Z");
        return DemoAnswer.json(
                object("data", List.of(model), "has_more", false, "first_id", "demo", "last_id", "demo"));
    }
}
