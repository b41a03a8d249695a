package io.aiproxy.usage;

import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageSource;
import java.util.List;
import java.util.Map;

/**
 * One line of the books: a call, or a WebSocket from its handshake to its end. Strings are empty where there is nothing to
 * say, durations -1.
 *
 * @param id the request id, unique
 * @param startedMillis wall clock when the head had arrived; records are kept in its order
 * @param endedMillis wall clock when the last byte had left
 * @param user id of the user
 * @param key name of the user's key
 * @param groups ids of the user's groups, in the configuration's order
 * @param channel id of the channel that answered or was tried last
 * @param credential name of the credential used there
 * @param dialect the API family
 * @param operation the call within it
 * @param template the path with placeholders
 * @param method HTTP method
 * @param modelAsked the model that the caller named
 * @param modelAnswered the model that the answer named
 * @param webSocket whether a WebSocket was opened
 * @param status HTTP status sent to the caller
 * @param ending how it ended, {@link io.aiproxy.core.Ending#tag()}
 * @param failure code of the failure
 * @param attempts tries at channels
 * @param bytesIn bytes from the caller
 * @param bytesOut bytes to the caller
 * @param firstByteMicros from the head to the first byte of the answer
 * @param durationMicros from the head to the last byte
 * @param overheadMicros spent in the gateway until the answer's head
 * @param usage what was used
 * @param source where {@code usage} comes from
 * @param cost what it costs, in billionths of {@code currency}
 * @param currency three letters; empty when {@code priced} is false
 * @param priced whether there was a price; otherwise the cost is 0 and nobody knows better
 * @param tags what the caller has said of the call
 * @param client address of the client
 * @param configVersion version of the configuration that served the call
 * @param work which work the usage is of, where each call that fetches its result tells the same usage; empty for all other
 *     calls. Of records with the same, books keep the usage of one
 */
public record UsageRecord(
        String id,
        long startedMillis,
        long endedMillis,
        String user,
        String key,
        List<String> groups,
        String channel,
        String credential,
        String dialect,
        String operation,
        String template,
        String method,
        String modelAsked,
        String modelAnswered,
        boolean webSocket,
        int status,
        String ending,
        String failure,
        int attempts,
        long bytesIn,
        long bytesOut,
        long firstByteMicros,
        long durationMicros,
        long overheadMicros,
        Usage usage,
        UsageSource source,
        long cost,
        String currency,
        boolean priced,
        Map<String, String> tags,
        String client,
        long configVersion,
        String work) {
    /** The model that statistics and prices speak of: the one that answered, or the one asked for. */
    public String model() {
        return modelAnswered.isEmpty() ? modelAsked : modelAnswered;
    }

    /** The same call, whose usage another one has told already: it has used nothing, and costs nothing. */
    public UsageRecord toldElsewhere() {
        return new UsageRecord(
                id,
                startedMillis,
                endedMillis,
                user,
                key,
                groups,
                channel,
                credential,
                dialect,
                operation,
                template,
                method,
                modelAsked,
                modelAnswered,
                webSocket,
                status,
                ending,
                failure,
                attempts,
                bytesIn,
                bytesOut,
                firstByteMicros,
                durationMicros,
                overheadMicros,
                Usage.NONE,
                UsageSource.NONE,
                0,
                "",
                false,
                tags,
                client,
                configVersion,
                work);
    }
}
