package io.aiproxy.admin;

import java.util.Map;

/**
 * An answer of the admin API.
 *
 * @param status the HTTP status
 * @param headers by lower-case name
 * @param body empty with 204 and 304
 */
@SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
public record AdminAnswer(int status, Map<String, String> headers, byte[] body) {
    /** It may hold a new key: not printed. */
    @Override
    public String toString() {
        return "AdminAnswer " + status;
    }
}
