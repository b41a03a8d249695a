package io.aiproxy.dialects.demo;

import static io.aiproxy.dialects.demo.Parts.object;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Google's generateContent, with and without stream, token counts, embeddings and models. */
final class GoogleDemo {
    private GoogleDemo() {}

    static DemoAnswer generate(Ask ask) {
        String answer = ask.answerTo(Ask.lastMessage(ask.at("contents")));
        return DemoAnswer.json(chunk(ask, answer, "STOP", Words.count(answer)));
    }

    /** Events with {@code alt=sse}, otherwise one growing array, as Google does it. */
    static DemoAnswer stream(Ask ask, boolean sse) {
        List<String> words = Words.cut(ask.answerTo(Ask.lastMessage(ask.at("contents"))));
        List<byte[]> pieces = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            boolean last = i == words.size() - 1;
            Object chunk = chunk(ask, words.get(i), last ? "STOP" : null, i + 1);
            if (sse) {
                pieces.add(Parts.event(chunk));
            } else {
                String json = new String(Parts.bytes(chunk), StandardCharsets.UTF_8);
                pieces.add(((i == 0 ? "[" : ",\r\n") + json + (last ? "]" : "")).getBytes(StandardCharsets.UTF_8));
            }
        }
        return sse ? DemoAnswer.events(pieces) : new DemoAnswer(200, DemoAnswer.JSON, List.copyOf(pieces), true);
    }

    private static Object chunk(Ask ask, String text, @Nullable String finish, int out) {
        Object content = object("role", "model", "parts", List.of(object("text", text)));
        Map<String, @Nullable Object> candidate = object("content", content, "index", 0);
        if (finish != null) {
            candidate.put("finishReason", finish);
        }
        int in = input(ask);
        Object usage = object("promptTokenCount", in, "candidatesTokenCount", out, "totalTokenCount", in + out);
        return object(
                "candidates",
                List.of(candidate),
                "usageMetadata",
                usage,
                "modelVersion",
                "demo",
                "responseId",
                ask.id());
    }

    private static int input(Ask ask) {
        return Words.count(Ask.text(ask.at("systemInstruction"))) + Words.count(Ask.text(ask.at("contents")));
    }

    static DemoAnswer count(Ask ask) {
        return DemoAnswer.json(object("totalTokens", input(ask)));
    }

    /** Both {@code :embedContent} and {@code :batchEmbedContents}. */
    static DemoAnswer embed(Ask ask) {
        JsonNode requests = ask.at("requests");
        if (!requests.isArray()) {
            return DemoAnswer.json(object("embedding", values(ask.root())));
        }
        List<Object> embeddings = new ArrayList<>();
        requests.forEach(request -> embeddings.add(values(request)));
        return DemoAnswer.json(object("embeddings", embeddings));
    }

    private static Object values(JsonNode request) {
        int dimensions = Embedding.dimensions(request.path("outputDimensionality"));
        return object("values", Embedding.of(Ask.text(request.path("content")), dimensions));
    }

    static DemoAnswer models() {
        List<String> methods = List.of("generateContent", "streamGenerateContent", "countTokens", "embedContent");
        Object model = object(
                "name", "models/demo", "displayName", "Demo", "version", "1", "supportedGenerationMethods", methods);
        return DemoAnswer.json(object("models", List.of(model)));
    }
}
