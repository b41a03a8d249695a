package io.aiproxy.dialects.demo;

import static io.aiproxy.dialects.demo.Parts.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DashScope's native text generation (and multimodal generation, which differs in its lists of parts) and embedding. */
final class DashScopeDemo {
    private final Ask ask;
    private final boolean parts;
    private final int in;

    private DashScopeDemo(Ask ask, boolean parts) {
        this.ask = ask;
        this.parts = parts;
        this.in = Words.count(Ask.text(ask.at("input").path("messages")))
                + Words.count(Ask.text(ask.at("input").path("prompt")));
    }

    static DemoAnswer generation(Ask ask, boolean parts) {
        JsonNode input = ask.at("input");
        String prompt = Ask.text(input.path("prompt"));
        String answer = ask.answerTo(prompt.isEmpty() ? Ask.lastMessage(input.path("messages")) : prompt);
        DashScopeDemo demo = new DashScopeDemo(ask, parts);
        return ask.stream()
                ? DemoAnswer.events(demo.stream(answer))
                : DemoAnswer.json(demo.result(answer, "stop", Words.count(answer)));
    }

    /** Every event carries all the text so far, unless {@code incremental_output} was asked for. */
    private List<byte[]> stream(String answer) {
        boolean incremental = ask.at("parameters").path("incremental_output").asBoolean();
        List<String> words = Words.cut(answer);
        List<byte[]> events = new ArrayList<>();
        StringBuilder soFar = new StringBuilder();
        for (int i = 0; i < words.size(); i++) {
            soFar.append(words.get(i));
            String finish = i == words.size() - 1 ? "stop" : "null"; // the string "null", as DashScope has it
            Object data = result(incremental ? words.get(i) : soFar.toString(), finish, i + 1);
            String head = "id:" + (i + 1) + "\nevent:result\n:HTTP_STATUS/200\ndata:";
            events.add(Parts.framed(head, Parts.bytes(data)));
        }
        return events;
    }

    private Object result(String text, @Nullable String finish, int out) {
        Object usage = object("input_tokens", in, "output_tokens", out, "total_tokens", in + out);
        return object("output", output(text, finish), "usage", usage, "request_id", ask.id());
    }

    private Object output(String text, @Nullable String finish) {
        boolean asMessage = ask.at("parameters").path("result_format").asText().equals("message");
        if (!parts && !asMessage) {
            return object("text", text, "finish_reason", finish);
        }
        Object content = parts ? List.of(object("text", text)) : text;
        Object message = object("role", "assistant", "content", content);
        return object("choices", List.of(object("finish_reason", finish, "message", message)));
    }

    static DemoAnswer embedding(Ask ask) {
        int dimensions = Embedding.dimensions(ask.at("parameters").path("dimension"));
        List<Object> embeddings = new ArrayList<>();
        int words = 0;
        for (String text : Embedding.texts(ask.at("input").path("texts"))) {
            embeddings.add(object("text_index", embeddings.size(), "embedding", Embedding.of(text, dimensions)));
            words += Words.count(text);
        }
        Object usage = object("total_tokens", words);
        return DemoAnswer.json(
                object("output", object("embeddings", embeddings), "usage", usage, "request_id", ask.id()));
    }
}
