package io.aiproxy.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What openai-java, with its own retries on, makes of limits that are used up. */
@NeedsGateway
class OpenAiLimitTest {
    private static final String ANSWER = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,"
            + "\"model\":\"gpt-4o\",\"choices\":[{\"index\":0,\"finish_reason\":\"stop\",\"message\":"
            + "{\"role\":\"assistant\",\"content\":\"hello\",\"refusal\":null},\"logprobs\":null}]}";

    private static GatewayRig rig(FakeUpstream upstream, String limit) {
        upstream.onAny().reply(Reply.json(ANSWER));
        return GatewayRig.start(RigConfig.empty()
                .channel("alpha", upstream)
                .userLines("zhangsan", "channels: [alpha]", "proxy_key: " + GatewayRig.KEY, "limits: [" + limit + "]"));
    }

    private static OpenAIClient client(GatewayRig rig) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(rig.baseUrl() + "/v1")
                .apiKey(GatewayRig.KEY)
                .maxRetries(2)
                .timeout(Duration.ofSeconds(20))
                .build();
    }

    private static ChatCompletionCreateParams question() {
        return ChatCompletionCreateParams.builder()
                .model("gpt-4o")
                .addUserMessage("hello")
                .build();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{requests: 1, per: day}            | rate_limit_exceeded",
                "{requests: 1, per: calendar-month} | quota_exceeded"
            })
    void whatLastsLongIsItsRateLimitExceptionAfterOneTry(String limit, String code) {
        try (FakeUpstream upstream = FakeUpstream.start();
                GatewayRig rig = rig(upstream, limit)) {
            OpenAIClient client = client(rig);
            client.chat().completions().create(question());
            assertThatThrownBy(() -> client.chat().completions().create(question()))
                    .isInstanceOfSatisfying(
                            RateLimitException.class, e -> assertThat(e.code()).contains(code));
            client.close();
            rig.awaitLogLine(code);
            assertThat(rig.accessLog().stream().filter(line -> line.contains(code)))
                    .as("tries")
                    .hasSize(1);
        }
    }

    @Test
    void whatIsOverSoonItWaitsFor() {
        try (FakeUpstream upstream = FakeUpstream.start();
                GatewayRig rig = rig(upstream, "{requests: 1, per: second}")) {
            OpenAIClient client = client(rig);
            client.chat().completions().create(question());
            client.chat().completions().create(question());
            client.chat().completions().create(question());
            client.close();
            assertThat(upstream.requests()).hasSize(3);
        }
    }
}
