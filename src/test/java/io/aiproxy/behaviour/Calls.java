package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.Head;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import java.io.IOException;

/** Requests and answers that many behaviour tests use. */
final class Calls {
    static final String CHAT = "/v1/chat/completions";
    static final String MESSAGES = "/v1/messages";
    static final String GENERATE = "/v1beta/models/gemini-2.5-flash:generateContent";
    static final String DASHSCOPE = "/api/v1/services/aigc/text-generation/generation";
    static final String BODY = "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"你好\"}]}";
    static final String ANSWER = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"choices\":[]}";

    private static final ObjectMapper JSON = new ObjectMapper();

    private Calls() {}

    /**
     * A whole answer.
     *
     * @param head status line and fields
     * @param text the body
     */
    record Result(Head head, String text) {
        int status() {
            return head.status();
        }

        String header(String name) {
            return head.header(name).orElse("");
        }

        JsonNode json() {
            try {
                return JSON.readTree(text);
            } catch (JsonProcessingException e) {
                throw new AssertionError("Not JSON: " + text, e);
            }
        }

        /** Checks that this is a failure of the gateway's own, with this status and stable code. */
        Result isFailure(int status, String code) {
            assertThat(head.text() + text).as("an answer with code %s", code).contains(code);
            assertThat(status()).isEqualTo(status);
            assertThat(header("x-aiproxy-error-code")).isEqualTo(code);
            assertThat(header("content-type")).startsWith("application/json");
            return this;
        }
    }

    /** A good answer to a chat. */
    static Reply ok() {
        return Reply.json(ANSWER);
    }

    /** One POST with the usual caller's key on a connection of its own. */
    static Result chat(GatewayRig rig) throws IOException {
        return post(rig, CHAT, BODY, GatewayRig.AUTH);
    }

    /** One POST on a connection of its own. */
    static Result post(GatewayRig rig, String target, String body, String... headers) throws IOException {
        try (RawClient client = rig.client()) {
            return read(client.post(target, body, headers));
        }
    }

    /** One GET on a connection of its own. */
    static Result get(GatewayRig rig, String target, String... headers) throws IOException {
        try (RawClient client = rig.client()) {
            return read(client.get(target, headers));
        }
    }

    /** Reads a whole answer. */
    static Result read(RawClient client) throws IOException {
        RawClient.Answer answer = client.answer();
        return new Result(answer.head(), answer.text());
    }
}
