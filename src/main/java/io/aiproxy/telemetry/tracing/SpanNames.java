package io.aiproxy.telemetry.tracing;

import io.aiproxy.core.Dialect;
import io.aiproxy.core.Origin;
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
    static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    static final AttributeKey<String> SCHEME = AttributeKey.stringKey("url.scheme");
    static final AttributeKey<String> URL = AttributeKey.stringKey("url.full");
    static final AttributeKey<String> SERVER = AttributeKey.stringKey("server.address");
    static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
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
    /**
     * Seconds from the head of the caller's request to the first byte of its answer, streaming or not. The conventions have
     * {@code gen_ai.response.time_to_first_chunk} for what a client of a streaming answer sees, which is another time.
     */
    static final AttributeKey<Double> FIRST_BYTE = AttributeKey.doubleKey("aiproxy.time_to_first_byte");

    private static final String REDACTED = "REDACTED";

    private SpanNames() {}

    /**
     * The URL of a request, with the names of its query alone: some providers take their key there, and callers may send
     * signatures (semantic conventions for HTTP spans, url.full: what is sensitive is replaced by {@code REDACTED}).
     */
    static String url(Origin origin, String uri) {
        int query = uri.indexOf('?');
        if (query < 0) {
            return origin + uri;
        }
        StringBuilder url = new StringBuilder(origin.toString()).append(uri, 0, query);
        char before = '?';
        for (String parameter : uri.substring(query + 1).split("&", -1)) {
            int equals = parameter.indexOf('=');
            url.append(before);
            if (equals < 0) {
                url.append(parameter.isEmpty() ? "" : REDACTED); // a value without a name
            } else {
                url.append(parameter, 0, equals + 1).append(REDACTED);
            }
            before = '&';
        }
        return url.toString();
    }

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
