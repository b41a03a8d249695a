package io.aiproxy.dialects.demo;

import static io.aiproxy.dialects.demo.Parts.object;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenAI's Responses API; events in the order of its streaming reference. */
final class ResponsesDemo {
    private final Ask ask;
    private final String text;
    private final String item;
    private final List<byte[]> events = new ArrayList<>();

    private ResponsesDemo(Ask ask) {
        this.ask = ask;
        this.text = ask.answerTo(Ask.lastMessage(ask.at("input")));
        this.item = "msg_" + ask.id();
    }

    static DemoAnswer answer(Ask ask) {
        ResponsesDemo demo = new ResponsesDemo(ask);
        return ask.stream() ? DemoAnswer.events(demo.stream()) : DemoAnswer.json(demo.response("completed"));
    }

    private List<byte[]> stream() {
        emit("response.created", "response", response("in_progress"));
        emit("response.in_progress", "response", response("in_progress"));
        emit("response.output_item.added", "output_index", 0, "item", message("in_progress", List.of()));
        emitPart("response.content_part.added", "part", part(""));
        for (String word : Words.cut(text)) {
            emitPart("response.output_text.delta", "delta", word, "logprobs", List.of());
        }
        emitPart("response.output_text.done", "text", text, "logprobs", List.of());
        emitPart("response.content_part.done", "part", part(text));
        emit("response.output_item.done", "output_index", 0, "item", message("completed", List.of(part(text))));
        emit("response.completed", "response", response("completed"));
        return events;
    }

    private void emitPart(String type, Object... fields) {
        Object[] all = new Object[fields.length + 6];
        System.arraycopy(new Object[] {"item_id", item, "output_index", 0, "content_index", 0}, 0, all, 0, 6);
        System.arraycopy(fields, 0, all, 6, fields.length);
        emit(type, all);
    }

    private void emit(String type, Object... fields) {
        Map<String, @Nullable Object> data = object("type", type, "sequence_number", events.size());
        data.putAll(object(fields));
        events.add(Parts.event(type, data));
    }

    private Object message(String status, List<Object> content) {
        return object("id", item, "type", "message", "status", status, "role", "assistant", "content", content);
    }

    private static Object part(String text) {
        return object("type", "output_text", "text", text, "annotations", List.of(), "logprobs", List.of());
    }

    private Object response(String status) {
        boolean done = status.equals("completed");
        Map<String, @Nullable Object> response =
                object("id", "resp_" + ask.id(), "object", "response", "created_at", ask.seconds(), "status", status);
        response.putAll(object("error", null, "incomplete_details", null, "instructions", null, "metadata", object()));
        response.putAll(object("model", "demo", "parallel_tool_calls", false, "tool_choice", "auto"));
        response.putAll(object("tools", List.of(), "temperature", 1.0, "top_p", 1.0));
        response.put("output", done ? List.of(message("completed", List.of(part(text)))) : List.of());
        response.put("usage", done ? usage() : null);
        return response;
    }

    private Object usage() {
        int in = Words.count(Ask.text(ask.at("instructions"))) + Words.count(Ask.text(ask.at("input")));
        int out = Words.count(text);
        Map<String, @Nullable Object> usage =
                object("input_tokens", in, "input_tokens_details", object("cached_tokens", 0), "output_tokens", out);
        usage.putAll(object("output_tokens_details", object("reasoning_tokens", 0), "total_tokens", in + out));
        return usage;
    }
}
