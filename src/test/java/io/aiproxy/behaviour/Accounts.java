package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Accounts at one scripted provider. Each is known by its key, {@link RigConfig#keyOf}, so an account of a channel with one
 * key has the channel's name; and its answer says which one it is, until the test has it answer something else.
 */
final class Accounts implements AutoCloseable {
    private final FakeUpstream upstream = FakeUpstream.start();
    private final Map<String, Supplier<Reply>> others = new ConcurrentHashMap<>();

    Accounts() {
        upstream.onAny().answer(this::answer);
    }

    private Reply answer(Recorded request) {
        String account = account(request);
        return others.getOrDefault(account, () -> well(account)).get();
    }

    /** What an account answers that is well. */
    static Reply well(String account) {
        return Reply.json("{\"served\":\"" + account + "\"}");
    }

    /** Whose key a request to the provider carries. */
    static String account(Recorded request) {
        String value = request.header("authorization").orElse("");
        return value.replaceFirst("^Bearer " + RigConfig.keyOf(""), "");
    }

    FakeUpstream upstream() {
        return upstream;
    }

    /** From now on this account answers so. */
    void answers(String account, Reply reply) {
        others.put(account, () -> reply);
    }

    /** From now on this account's answers are made when a request has arrived. */
    void makes(String account, Supplier<Reply> reply) {
        others.put(account, reply);
    }

    /** From now on this account answers well, but only once the gate is open. */
    void holds(String account, Gate gate) {
        others.put(account, () -> Reply.status(200)
                .header("Content-Type", "application/json")
                .length(0)
                .await(gate)
                .flushHead());
    }

    /** From now on this account says its name again. */
    void isWell(String account) {
        others.remove(account);
    }

    /** How many requests have reached this account. */
    long requests(String account) {
        return upstream.requests().stream()
                .filter(request -> account(request).equals(account))
                .count();
    }

    /** The line {@code credentials:} of a channel with these accounts; {@code a1=3} is one with a weight. */
    static String credentials(String... accounts) {
        return Arrays.stream(accounts)
                .map(account -> account.split("="))
                .map(parts -> "{name: " + parts[0] + ", api_key: " + RigConfig.keyOf(parts[0])
                        + (parts.length > 1 ? ", weight: " + parts[1] : "") + "}")
                .collect(Collectors.joining(", ", "credentials: [", "]"));
    }

    /** The line {@code channels:} of a group with these members; {@code a=3} is one with a weight. */
    static String members(String... channels) {
        return Arrays.stream(channels)
                .map(channel -> channel.split("="))
                .map(parts -> parts[0] + ": {weight: " + (parts.length > 1 ? parts[1] : "1") + "}")
                .collect(Collectors.joining(", ", "channels: {", "}"));
    }

    /** Which account an answer is from; the call must have succeeded. */
    static String served(Calls.Result result) {
        assertThat(result.status()).as(result.text()).isEqualTo(200);
        return result.json().path("served").asText();
    }

    /** Which account serves a chat with these header lines. */
    static String chat(GatewayRig rig, String... headers) throws IOException {
        return served(Calls.post(rig, Calls.CHAT, Calls.BODY, headers.length > 0 ? headers : usual()));
    }

    private static String[] usual() {
        return new String[] {GatewayRig.AUTH};
    }

    /** So many chats one after the other on one connection, each of which must succeed: how many of them each account served. */
    static Map<String, Integer> tally(GatewayRig rig, int calls, String... headers) throws IOException {
        Map<String, Integer> tally = new TreeMap<>();
        try (RawClient client = rig.client()) {
            for (int i = 0; i < calls; i++) {
                client.post(Calls.CHAT, Calls.BODY, headers.length > 0 ? headers : usual());
                tally.merge(served(Calls.read(client)), 1, Integer::sum);
            }
        }
        return tally;
    }

    /** What {@code /status} says of a credential. */
    static JsonNode health(GatewayRig rig, String channel, String credential) {
        return rig.status().path("health").path(channel).path(credential);
    }

    /** The state of a channel with one key. */
    static String state(GatewayRig rig, String channel) {
        return health(rig, channel, "default").path("state").asText();
    }

    @Override
    public void close() {
        upstream.close();
    }
}
