package io.aiproxy.credentials;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a token endpoint is sent. Full of secrets: its text form shows none.
 *
 * @param uri where to
 * @param method the HTTP method
 * @param headers besides those that the client adds itself
 * @param body the whole body; empty: none
 */
record TokenRequest(URI uri, String method, Map<String, String> headers, String body) {

    /** A form by POST, as RFC 6749 wants it. */
    static TokenRequest form(URI uri, Map<String, String> headers, Map<String, String> fields) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("content-type", Form.TYPE);
        return new TokenRequest(uri, "POST", all, Form.encode(fields));
    }

    @Override
    public String toString() {
        return method + " " + uri.getHost();
    }
}
