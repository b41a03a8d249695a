package io.aiproxy.dialects;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.RequestHead;
import java.util.function.BooleanSupplier;

/**
 * What a call has to do with work that its provider goes on with after it has answered: DashScope's asynchronous tasks
 * ({@code X-DashScope-Async: enable}, then {@code GET /api/v1/tasks/{id}}; alibabacloud.com/help/en/model-studio, asynchronous
 * task management) and OpenAI's background responses ({@code background: true}, then {@code GET /v1/responses/{id}};
 * platform.openai.com/docs/guides/background). What was used is told by the answer that brings the result, each time that it is
 * fetched.
 */
public enum Deferred {
    /** Nothing. */
    NOT,
    /** It asks for such work. */
    BEGINS,
    /** It asks what has become of it. */
    FETCHES;

    /**
     * Which of these a call is. From its head, and its body where only that tells.
     *
     * @param spoken of {@link Dialects#recognise}
     * @param template likewise
     * @param background whether the body says {@code background: true}; asked only where that means something
     */
    public static Deferred of(RequestHead head, Spoken spoken, String template, BooleanSupplier background) {
        boolean post = head.method().equals("POST");
        if (spoken.dialect() == Dialect.DASHSCOPE) {
            if (post && "enable".equalsIgnoreCase(head.headers().get("x-dashscope-async"))) {
                return BEGINS;
            }
            return head.method().equals("GET") && template.equals("/api/v1/tasks/{id}") ? FETCHES : NOT;
        }
        if (spoken.dialect() != Dialect.OPENAI) {
            return NOT;
        }
        return switch (template) {
            case "/v1/responses" -> post && background.getAsBoolean() ? BEGINS : NOT;
            case "/v1/responses/{id}" -> head.method().equals("GET") ? FETCHES : NOT;
            case "/v1/responses/{id}/cancel" -> post ? FETCHES : NOT;
            default -> NOT;
        };
    }
}
