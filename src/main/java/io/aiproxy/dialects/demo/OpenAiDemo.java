package io.aiproxy.dialects.demo;

import static io.aiproxy.dialects.demo.Parts.event;
import static io.aiproxy.dialects.demo.Parts.object;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** OpenAI's chat completions, completions, embeddings and models. */
final class OpenAiDemo {
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);

    private OpenAiDemo() {}

    static DemoAnswer chat(Ask ask) {
        String answer = ask.answerTo(Ask.lastMessage(ask.at("messages")));
        Object usage = usage(Words.count(Ask.text(ask.at("messages"))), Words.count(answer));
        if (!ask.stream()) {
            Object message = object("role", "assistant", "content", answer, "refusal", null);
            Object choice = object("index", 0, "message", message, "logprobs", null, "finish_reason", "stop");
            return DemoAnswer.json(body(ask, "chatcmpl-", "chat.completion", List.of(choice), usage));
        }
        List<byte[]> events = new ArrayList<>();
        events.add(chunk(ask, object("role", "assistant", "content", ""), null));
        Words.cut(answer).forEach(word -> events.add(chunk(ask, object("content", word), null)));
        events.add(chunk(ask, object(), "stop"));
        if (usageWanted(ask)) {
            events.add(event(body(ask, "chatcmpl-", "chat.completion.chunk", List.of(), usage)));
        }
        events.add(DONE);
        return DemoAnswer.events(events);
    }

    private static byte[] chunk(Ask ask, Object delta, @Nullable String finish) {
        Object choice = object("index", 0, "delta", delta, "logprobs", null, "finish_reason", finish);
        return event(body(ask, "chatcmpl-", "chat.completion.chunk", List.of(choice), null));
    }

    static DemoAnswer completions(Ask ask) {
        String prompt = Ask.text(ask.at("prompt"));
        String answer = ask.answerTo(prompt);
        Object usage = usage(Words.count(prompt), Words.count(answer));
        if (!ask.stream()) {
            return DemoAnswer.json(body(ask, "cmpl-", "text_completion", List.of(completion(answer, "stop")), usage));
        }
        List<byte[]> events = new ArrayList<>();
        for (String word : Words.cut(answer)) {
            events.add(event(body(ask, "cmpl-", "text_completion", List.of(completion(word, null)), null)));
        }
        events.add(event(body(ask, "cmpl-", "text_completion", List.of(completion("", "stop")), null)));
        if (usageWanted(ask)) {
            events.add(event(body(ask, "cmpl-", "text_completion", List.of(), usage)));
        }
        events.add(DONE);
        return DemoAnswer.events(events);
    }

    private static Object completion(String text, @Nullable String finish) {
        return object("index", 0, "text", text, "logprobs", null, "finish_reason", finish);
    }

    private static boolean usageWanted(Ask ask) {
        return ask.at("stream_options").path("include_usage").asBoolean();
    }

    private static Object body(Ask ask, String prefix, String kind, List<?> choices, @Nullable Object usage) {
        Map<String, @Nullable Object> body = object(
                "id", prefix + ask.id(), "object", kind, "created", ask.seconds(), "model", "demo", "choices", choices);
        if (usage != null) {
            body.put("usage", usage);
        }
        return body;
    }

    private static Object usage(int prompt, int completion) {
        return object("prompt_tokens", prompt, "completion_tokens", completion, "total_tokens", prompt + completion);
    }

    static DemoAnswer embeddings(Ask ask) {
        boolean base64 = ask.at("encoding_format").asText().equals("base64");
        int dimensions = Embedding.dimensions(ask.at("dimensions"));
        List<Object> data = new ArrayList<>();
        int words = 0;
        for (String text : Embedding.texts(ask.at("input"))) {
            float[] vector = Embedding.of(text, dimensions);
            Object shown = base64 ? Embedding.base64(vector) : vector;
            data.add(object("object", "embedding", "index", data.size(), "embedding", shown));
            words += Words.count(text);
        }
        Object usage = object("prompt_tokens", words, "total_tokens", words);
        return DemoAnswer.json(object("object", "list", "data", data, "model", "demo", "usage", usage));
    }

    static DemoAnswer models(Ask ask) {
        Object model = object("id", "demo", "object", "model", "created", ask.seconds(), "owned_by", "aiproxy");
        return DemoAnswer.json(object("object", "list", "data", List.of(model)));
    }
}
