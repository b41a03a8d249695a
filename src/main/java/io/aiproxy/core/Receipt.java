package io.aiproxy.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of a call, written when its last byte has left or its connection has broken. Strings are empty and
 * numbers negative where there is nothing to say (a refused caller has no channel, a lost connection no first byte).
 *
 * @param id the request id, also sent as {@code x-aiproxy-request-id}
 * @param startedMillis wall clock when the head had arrived
 * @param counted whether the call belongs into statistics; operational pages do not
 * @param userId who called
 * @param keyName with which of the user's keys
 * @param channel the id of the channel that answered, or that was tried last
 * @param credential the name of the credential used there
 * @param dialect the API family
 * @param operation the call within the dialect, e.g. {@code chat}
 * @param model the model asked for
 * @param method HTTP method
 * @param path the path without its query, as the caller sent it
 * @param status HTTP status sent to the caller; 499 when the caller left before one was sent
 * @param ending how it ended
 * @param failure the failure's code, or empty
 * @param bytesIn length of the request body, as far as it was taken
 * @param bytesOut body bytes flushed to the caller
 * @param durationNanos from the head to the last byte
 * @param firstByteNanos from the head to the first byte of the answer; -1 when there was none
 * @param overheadNanos the part of the time until the answer's head that was spent in the gateway and not waiting for channels
 * @param attempts every try, in order
 * @param client address of the client, behind trusted proxies
 * @param userAgent the client's {@code User-Agent}
 * @param clientRetry the SDK's own retry counter ({@code x-stainless-retry-count}), -1 when not sent
 * @param configVersion version of the snapshot that served the call
 * @param socket of a WebSocket handshake, what became of it; {@code bytesIn} and {@code bytesOut} then count frames with
 *     their headers, {@code durationNanos} is the socket's life
 * @param usage what the provider says was used; empty while it says nothing or nobody has read it
 * @param source whether {@code usage} is the provider's last word; {@code ESTIMATED} asks for an estimate of what is missing
 * @param modelAnswered the model that the answer names
 * @param template the path with placeholders for what callers choose, e.g. {@code /v1/responses/{id}}; {@code other} when
 *     it is not a known one
 * @param groups ids of the user's groups
 * @param tags what the caller has said with header fields that the configuration allows as tags
 * @param transcript what was said, where something has to be estimated
 * @param work of a call whose usage every call tells that fetches the same result, which work that was ({@link AnswerTap#work()});
 *     empty for all others
 */
public record Receipt(
        String id,
        long startedMillis,
        boolean counted,
        String userId,
        String keyName,
        String channel,
        String credential,
        Dialect dialect,
        String operation,
        String model,
        String method,
        String path,
        int status,
        Ending ending,
        String failure,
        long bytesIn,
        long bytesOut,
        long durationNanos,
        long firstByteNanos,
        long overheadNanos,
        List<Attempt> attempts,
        String client,
        String userAgent,
        int clientRetry,
        long configVersion,
        Optional<SocketReport> socket,
        Optional<Usage> usage,
        UsageSource source,
        String modelAnswered,
        String template,
        List<String> groups,
        Map<String, String> tags,
        Optional<Transcript> transcript,
        String work) {}
