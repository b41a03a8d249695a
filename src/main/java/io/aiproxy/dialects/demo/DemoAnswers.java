package io.aiproxy.dialects.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.core.Body;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.RequestHead;
import io.aiproxy.dialects.Dialects;
import io.aiproxy.dialects.FailureRenderer;
import io.aiproxy.dialects.Rendered;
import io.aiproxy.dialects.RequestFacts;
import io.aiproxy.dialects.Spoken;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Answers like a provider, without one: for a first try, for tests of a client, for a look at streaming. The model is
 * always {@code demo}; tokens are words, counted. Same request at the same time, same answer.
 */
public final class DemoAnswers {
    /** Larger requests are refused: nobody needs them to try something out. */
    static final long LARGEST = 1024 * 1024;

    private DemoAnswers() {}

    /**
     * The answer to a request. Takes as long as reading the body does; within {@link RequestFacts#CHEAP_BYTES} it may be
     * called on an event loop. What the demo channel does not offer, or cannot read, is refused in the caller's dialect.
     *
     * @param text what to say; {@code {message}} in it stands for the asker's last message, cut at 200 characters
     * @param nowMillis wall clock
     */
    public static DemoAnswer answer(RequestHead head, Body body, String text, long nowMillis) {
        Spoken spoken = Dialects.detect(head);
        String id = id(body, nowMillis);
        if (body.size() > LARGEST) {
            return refuse(spoken, FailureKind.REQUEST_TOO_LARGE, "The demo channel reads at most 1 MiB.", id);
        }
        boolean reads = head.method().equals("GET");
        Optional<JsonNode> root = Ask.parse(reads ? Body.EMPTY : body);
        if (root.isEmpty() || !(reads || root.get().isObject())) {
            return refuse(spoken, FailureKind.INVALID_REQUEST, "The request's body is not a JSON object.", id);
        }
        boolean stream = RequestFacts.read(head, body, spoken).stream();
        Ask ask = new Ask(root.get(), stream, text, id, nowMillis / 1000);
        Optional<DemoAnswer> answer = reads ? looked(spoken, ask) : asked(head, spoken, ask);
        return answer.orElseGet(() -> refuse(
                spoken,
                FailureKind.NOT_FOUND,
                "The demo channel has no " + head.method() + " " + spoken.operation() + " of "
                        + spoken.dialect().tag() + ".",
                id));
    }

    private static Optional<DemoAnswer> looked(Spoken spoken, Ask ask) {
        if (!spoken.operation().equals("models")) {
            return Optional.empty();
        }
        return Optional.of(
                switch (spoken.dialect()) {
                    case ANTHROPIC -> AnthropicDemo.models();
                    case GOOGLE -> GoogleDemo.models();
                    case OPENAI, DASHSCOPE, GENERIC -> OpenAiDemo.models(ask);
                });
    }

    private static Optional<DemoAnswer> asked(RequestHead head, Spoken spoken, Ask ask) {
        return Optional.ofNullable(
                switch (spoken.dialect().tag() + ' ' + spoken.operation()) {
                    case "openai chat" -> OpenAiDemo.chat(ask);
                    case "openai completions" -> OpenAiDemo.completions(ask);
                    case "openai responses" -> ResponsesDemo.answer(ask);
                    case "openai embeddings" -> OpenAiDemo.embeddings(ask);
                    case "anthropic messages" -> AnthropicDemo.messages(ask);
                    case "anthropic messages.count_tokens" -> AnthropicDemo.count(ask);
                    case "google generate_content" -> GoogleDemo.generate(ask);
                    case "google stream_generate_content" ->
                        GoogleDemo.stream(ask, head.query().contains("alt=sse"));
                    case "google count_tokens" -> GoogleDemo.count(ask);
                    case "google embed_content" -> GoogleDemo.embed(ask);
                    case "dashscope text-generation" -> DashScopeDemo.generation(ask, false);
                    case "dashscope multimodal-generation" -> DashScopeDemo.generation(ask, true);
                    case "dashscope text-embedding" -> DashScopeDemo.embedding(ask);
                    default -> null;
                });
    }

    private static DemoAnswer refuse(Spoken spoken, FailureKind kind, String message, String id) {
        Dialect dialect = spoken.dialect();
        Rendered rendered = FailureRenderer.render(dialect, Failure.of(kind, message), "demo-" + id);
        return new DemoAnswer(rendered.status(), rendered.contentType(), List.of(rendered.body()), false);
    }

    private static String id(Body body, long nowMillis) {
        int hash = 1;
        for (byte[] segment : body.segments()) {
            hash = 31 * hash + Arrays.hashCode(segment);
        }
        return "demo" + Long.toHexString(nowMillis) + Integer.toHexString(hash);
    }
}
