package io.aiproxy.dialects;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Writes a failure as JSON in each dialect's shape. The stable code stands in every one of them. */
final class ErrorBodies {
    /** Writes into a generator. */
    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    private ErrorBodies() {}

    /** The body of an answer, or the data of an event. */
    static byte[] json(Dialect dialect, Failure failure, String requestId) {
        return switch (dialect) {
            case ANTHROPIC -> write(json -> anthropic(json, failure, requestId));
            case GOOGLE -> write(json -> google(json, failure, requestId));
            case DASHSCOPE -> write(json -> dashScope(json, failure, requestId));
            case OPENAI, GENERIC ->
                write(json -> {
                    json.writeStartObject();
                    openAi(json, failure);
                    json.writeEndObject();
                });
        };
    }

    /**
     * The data of an error event of OpenAI's Responses API. Beside the documented fields ({@code code}, {@code message},
     * {@code param}, {@code sequence_number}) it carries {@code error}: openai-java 4.13, openai-node and openai-python
     * raise an exception for an event with such a field, and would hand out any other as one more event. The gateway does
     * not count events; the largest number keeps this one behind all others for clients that sort.
     */
    static byte[] responsesEvent(Failure failure) {
        return write(json -> {
            json.writeStartObject();
            json.writeStringField("type", "error");
            json.writeStringField("code", failure.kind().code());
            json.writeStringField("message", failure.message());
            json.writeNullField("param");
            json.writeNumberField("sequence_number", Integer.MAX_VALUE);
            openAi(json, failure);
            json.writeEndObject();
        });
    }

    private static void openAi(JsonGenerator json, Failure failure) throws IOException {
        json.writeObjectFieldStart("error");
        json.writeStringField("message", failure.message());
        json.writeStringField("type", ErrorWords.openAiType(failure.kind()));
        json.writeNullField("param");
        json.writeStringField("code", failure.kind().code());
        json.writeEndObject();
    }

    private static void anthropic(JsonGenerator json, Failure failure, String requestId) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "error");
        json.writeObjectFieldStart("error");
        json.writeStringField("type", ErrorWords.anthropicType(failure.kind().status()));
        json.writeStringField("message", failure.message());
        json.writeStringField("code", failure.kind().code()); // not Anthropic's; its SDKs keep fields they do not know
        json.writeEndObject();
        json.writeStringField("request_id", requestId);
        json.writeEndObject();
    }

    private static void google(JsonGenerator json, Failure failure, String requestId) throws IOException {
        int status = failure.kind().status();
        json.writeStartObject();
        json.writeObjectFieldStart("error");
        json.writeNumberField("code", ErrorWords.statusForGoogle(status, failure.retryAfter()));
        json.writeStringField("message", failure.message());
        json.writeStringField("status", ErrorWords.googleStatus(status));
        json.writeArrayFieldStart("details");
        json.writeStartObject();
        json.writeStringField("@type", "type.googleapis.com/google.rpc.ErrorInfo");
        json.writeStringField("reason", failure.kind().name()); // google.rpc.ErrorInfo wants UPPER_SNAKE_CASE
        json.writeStringField("domain", "aiproxy");
        json.writeObjectFieldStart("metadata");
        json.writeStringField("code", failure.kind().code());
        json.writeStringField("request_id", requestId);
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    /**
     * {@code code} is DashScope's own word, because programs match on it; ours stands behind the message, since its SDK
     * keeps nothing but code, message and request id, and in a field of its own for everybody else.
     */
    private static void dashScope(JsonGenerator json, Failure failure, String requestId) throws IOException {
        json.writeStartObject();
        json.writeStringField("code", ErrorWords.dashScopeCode(failure.kind().status(), failure.kind()));
        json.writeStringField(
                "message", failure.message() + " [" + failure.kind().code() + "]");
        json.writeStringField("request_id", requestId);
        json.writeStringField("aiproxy_code", failure.kind().code());
        json.writeEndObject();
    }

    /** By way of characters: half a surrogate pair, quoted from a request, becomes a question mark and no error. */
    private static byte[] write(Writing writing) {
        StringWriter out = new StringWriter(256);
        try (JsonGenerator json = Json.FACTORY.createGenerator(out)) {
            writing.to(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible); // writing to memory
        }
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }
}
