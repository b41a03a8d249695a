package io.aiproxy.telemetry.tracing;

import io.aiproxy.core.Dialect;
import io.opentelemetry.api.common.AttributeKey;

/**
 * Names of attributes, by OpenTelemetry's semantic conventions for HTTP and for generative AI. Those of the latter have moved
 * between artefacts and are not stable yet, so they stand here.
 */
final class SpanNames {
    static final AttributeKey<String> OPERATION = AttributeKey.stringKey("gen_ai.operation.name");
    static final AttributeKey<String> PROVIDER = AttributeKey.stringKey("gen_ai.provider.name");
    static final AttributeKey<String> REQUEST_MODEL = AttributeKey.stringKey("gen_ai.request.model");
    static final AttributeKey<String> RESPONSE_MODEL = AttributeKey.stringKey("gen_ai.response.model");
    static final AttributeKey<Long> INPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.input_tokens");
    static final AttributeKey<Long> OUTPUT_TOKENS = AttributeKey.longKey("gen_ai.usage.output_tokens");
    static final AttributeKey<Long> CACHED_TOKENS = AttributeKey.longKey("gen_ai.usage.cache_read.input_tokens");
    static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    static final AttributeKey<Long> RESEND = AttributeKey.longKey("http.request.resend_count");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");
    static final AttributeKey<String> CLIENT = AttributeKey.stringKey("client.address");
    static final AttributeKey<String> AGENT = AttributeKey.stringKey("user_agent.original");
    static final AttributeKey<String> USER = AttributeKey.stringKey("user.id");
    static final AttributeKey<String> KEY = AttributeKey.stringKey("aiproxy.key.name");
    static final AttributeKey<String> CHANNEL = AttributeKey.stringKey("aiproxy.channel");
    static final AttributeKey<String> CREDENTIAL = AttributeKey.stringKey("aiproxy.credential.name");
    static final AttributeKey<String> REQUEST = AttributeKey.stringKey("aiproxy.request.id");
    static final AttributeKey<String> ENDING = AttributeKey.stringKey("aiproxy.ending");
    static final AttributeKey<Double> FIRST_BYTE = AttributeKey.doubleKey("gen_ai.server.time_to_first_token");

    private SpanNames() {}

    /** The well-known word for an operation, where there is one. */
    static String operation(String operation) {
        return switch (operation) {
            case "chat", "messages", "responses" -> "chat";
            case "completions", "complete" -> "text_completion";
            case "generate_content", "stream_generate_content" -> "generate_content";
            default -> operation;
        };
    }

    /** The well-known word for who speaks this. */
    static String provider(Dialect dialect) {
        return dialect == Dialect.GOOGLE ? "gcp.gemini" : dialect.tag();
    }
}
