package io.aiproxy.edge;

import io.aiproxy.core.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Response headers that tell the caller who the provider is, which account the company has there, or what stands in between
 * ({@code privacy: true}). Removed from answers, a WebSocket's 101 among them:
 *
 * <ul>
 *   <li>servers and what they are made of: {@code server}, {@code via}, {@code x-powered-by}, {@code x-aspnet-version},
 *       {@code x-aspnetmvc-version}, {@code x-runtime}, {@code x-served-by}, {@code x-timer}, {@code x-varnish},
 *       {@code x-cdn}, {@code x-backend-server}, {@code x-dashscope-call-gateway}, {@code eagleid}
 *   <li>other ways to them: {@code alt-svc}, {@code nel}, {@code report-to}, {@code reporting-endpoints},
 *       {@code expect-ct}, {@code strict-transport-security}, which would besides bind the gateway's own name
 *   <li>times and traces inside them: {@code server-timing}, {@code traceparent}, {@code tracestate},
 *       {@code x-cloud-trace-context}, {@code x-amzn-trace-id}, {@code x-amzn-requestid}
 *   <li>accounts: {@code openai-organization}, {@code openai-project}, {@code anthropic-organization-id}; and cookies,
 *       which would lead back to the provider's session: {@code set-cookie}, {@code set-cookie2}
 *   <li>everything that begins with a name of theirs: {@code x-envoy-}, {@code x-cache}, {@code cf-}, {@code x-amz-},
 *       {@code x-goog-}, {@code x-guploader-}, {@code x-vertex-ai-}, {@code x-ms-}, {@code azureml-}, {@code apim-},
 *       {@code x-azure-}, {@code x-openai-proxy}, {@code x-akamai-}, {@code akamai-}, {@code x-fastly-}, {@code fastly-}, {@code x-vercel-},
 *       {@code x-kong-}, {@code ali-swift-}, {@code x-b3-}
 * </ul>
 *
 * <p>What clients work with stays: {@code x-goog-upload-} (Google's upload protocol), everything about rate limits
 * ({@code x-ratelimit-}, {@code anthropic-ratelimit-}, {@code retry-after}, also in a form of the provider's own such as
 * {@code x-ms-retry-after-ms}), {@code x-request-id} and {@code request-id}, {@code x-should-retry},
 * {@code openai-processing-ms}, {@code openai-version}. Bodies are not touched.
 */
final class Privacy {
    private static final Set<String> NAMES = Set.of(
            "server",
            "via",
            "x-powered-by",
            "x-aspnet-version",
            "x-aspnetmvc-version",
            "x-runtime",
            "x-served-by",
            "x-timer",
            "x-varnish",
            "x-cdn",
            "x-backend-server",
            "x-dashscope-call-gateway",
            "eagleid",
            "alt-svc",
            "nel",
            "report-to",
            "reporting-endpoints",
            "expect-ct",
            "strict-transport-security",
            "server-timing",
            "traceparent",
            "tracestate",
            "x-cloud-trace-context",
            "x-amzn-trace-id",
            "x-amzn-requestid",
            "openai-organization",
            "openai-project",
            "anthropic-organization-id",
            "set-cookie",
            "set-cookie2");
    private static final List<String> BEGINNINGS = List.of(
            "x-envoy-",
            "x-cache",
            "cf-",
            "x-amz-",
            "x-goog-",
            "x-guploader-",
            "x-vertex-ai-",
            "x-ms-",
            "azureml-",
            "apim-",
            "x-azure-",
            "x-openai-proxy",
            "x-akamai-",
            "akamai-",
            "x-fastly-",
            "fastly-",
            "x-vercel-",
            "x-kong-",
            "ali-swift-",
            "x-b3-");

    private Privacy() {}

    /** The names among these fields that the caller shall not see. */
    static List<String> namesIn(Headers answer) {
        List<String> names = new ArrayList<>();
        answer.forEach((name, value) -> {
            if (givesAway(name)) {
                names.add(name);
            }
        });
        return names;
    }

    static boolean givesAway(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        if (NAMES.contains(lower)) {
            return true;
        }
        if (lower.startsWith("x-goog-upload-") || lower.contains("ratelimit") || lower.contains("retry-after")) {
            return false;
        }
        for (String beginning : BEGINNINGS) {
            if (lower.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }
}
