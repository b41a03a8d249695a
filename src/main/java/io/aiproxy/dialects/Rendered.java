package io.aiproxy.dialects;

import java.util.List;
import java.util.Map;

/**
 * The gateway's own answer to a call that failed.
 *
 * @param status HTTP status
 * @param contentType value of {@code Content-Type}
 * @param body the whole body; not to be written to
 * @param headers further header fields, in order
 */
@SuppressWarnings("ArrayRecordComponent") // handed to the wire as it is; nobody compares or changes it
public record Rendered(int status, String contentType, byte[] body, List<Map.Entry<String, String>> headers) {}
