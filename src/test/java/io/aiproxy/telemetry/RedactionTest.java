package io.aiproxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No credential gets into a log, and what is no credential stays readable. */
class RedactionTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Authorization: Bearer abcdef123456                       | Authorization: Bearer ***
            authorization=bearer abcdef/12+34==                      | authorization=bearer ***
            Proxy-Authorization: Basic enp6Onp6eg==                  | Proxy-Authorization: Basic ***
            refused sk-fake0000aaaa, try again                       | refused sk-***, try again
            Incorrect API key provided: sk-proj-********XYZa.        | Incorrect API key provided: ***
            Incorrect API key provided: fakefake. You can find       | Incorrect API key provided: *** You can find
            user of pk_test_zhangsan was refused                     | user of pk_*** was refused
            GET /v1beta/models?alt=sse&key=AIzaFAKEFAKEFAKE&x=1      | GET /v1beta/models?alt=sse&key=***&x=1
            key AIzaFAKEFAKEFAKEFAKE not valid                       | key AIza*** not valid
            https://user:pass@proxy.example.com:3128/x               | https://***@proxy.example.com:3128/x
            {"api_key": "fakefake","model":"m"}                      | {"api_key": "***","model":"m"}
            {"clientSecret":"fakefake","tenant":"t"}                 | {"clientSecret":"***","tenant":"t"}
            x-api-key: fake1234fake                                  | x-api-key: ***
            x-goog-api-key=fakefake                                  | x-goog-api-key=***
            proxy_key: pk_test_lisi                                  | proxy_key: pk_***
            access_token=ya29.fake-fake_fake&expires=1               | access_token=***&expires=1
            realtime, openai-insecure-api-key.anything_goes          | realtime, openai-insecure-api-key.***
            token eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl expired           | token *** expired
            Authorization: Token fake1234fake                        | Authorization: Token ***
            password=hunter2;user=a                                  | password=***;user=a
            Bearer eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl                   | Bearer ***
            """)
    void credentialsAreMasked(String text, String masked) {
        assertThat(Redaction.redact(text)).isEqualTo(masked);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Call req-1 of zhangsan went to bailian: 200 in 2157 ms",
                "channels.yaml:12: api_key: environment variable BAILIAN_API_KEY is not set",
                "users.yaml:3: proxy_key: is missing",
                "run-task task-started risk-free disk-full",
                "https://dashscope.aliyuncs.com/api/v1/tasks/42?limit=2",
                "max_tokens=100 prompt_tokens: 12",
                "the key is unknown, the token has expired",
                "mail to ops@example.com"
            })
    void everythingElseStays(String text) {
        assertThat(Redaction.redact(text)).isSameAs(text);
    }

    @Test
    void theDemosKeyIsPublicAndStays() {
        String command = "curl -H 'Authorization: Bearer pk_demo_key' -H 'x-api-key: pk_demo_key' URL";
        assertThat(Redaction.redact(command)).isSameAs(command);
        assertThat(Redaction.redact("Bearer pk_demo_key2 and pk_demo_keys")).isEqualTo("Bearer *** and pk_***");
        assertThat(Redaction.redact("my_pk_demo_key=pk_demo_key-1")).doesNotContain("key-1");
    }

    @Test
    void aPrivateKeyIsMaskedWhole() {
        String text =
                "bad key: -----BEGIN RSA PRIVATE KEY-----\nMIIfake\nfake==\n-----END RSA PRIVATE KEY----- in file";

        assertThat(Redaction.redact(text)).isEqualTo("bad key: *** in file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a_", "api_key", "https://", "Bearer ", "eyJabcd.", "x-", "api_key: a", "key="})
    void hostileTextTakesNoTime(String part) {
        // Quadratic matching would take minutes for this; linear takes milliseconds.
        assertThat(Redaction.redact(part.repeat(200_000))).isNotEmpty();
    }

    @Test
    void theApplicationLogPassesThroughIt() throws Exception {
        String line = logged(
                "refused pk_test_zhangsan\r\n2026 INFO forged\u001b[31m",
                new IllegalStateException("upstream said", new RuntimeException("invalid Bearer fakefakefake")));

        assertThat(line)
                .matches("(?s)\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d) WARN  "
                        + "i\\.aiproxy\\.telemetry\\.Test - refused .*")
                .contains("pk_***\n    2026 INFO forged?[31m\n")
                .contains("java.lang.IllegalStateException: upstream said")
                .contains("Caused by: java.lang.RuntimeException: invalid Bearer ***")
                .doesNotContain("zhangsan", "fakefake", "\u001b");
    }

    /** What the console would show for this, as the program writes its log. */
    private static String logged(String message, Throwable thrown) throws Exception {
        LoggerContext context = new LoggerContext();
        ApplicationLog.install(context);
        try {
            Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            Encoder<ILoggingEvent> encoder =
                    ((ConsoleAppender<ILoggingEvent>) root.getAppender("console")).getEncoder();
            Logger logger = context.getLogger("io.aiproxy.telemetry.Test");
            assertThat(logger.isInfoEnabled()).isTrue();
            assertThat(logger.isDebugEnabled()).isFalse();
            assertThat(context.getLogger("io.netty.util").isInfoEnabled()).isFalse();
            assertThat(List.of("org.apache.camel.component", "org.apache.camel.main.BaseMainSupport"))
                    .as("libraries tell only what is wrong")
                    .allSatisfy(name -> assertThat(context.getLogger(name).getEffectiveLevel())
                            .isEqualTo(Level.WARN));
            return new String(
                    encoder.encode(new LoggingEvent("x", logger, Level.WARN, message, thrown, null)),
                    StandardCharsets.UTF_8);
        } finally {
            context.stop();
        }
    }
}
