package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Path and query arrive at the channel byte for byte, behind the channel's own prefix if it has one, never doubled. */
@NeedsGateway
class PathFidelityTest {
    private static final FakeUpstream UPSTREAM = FakeUpstream.start();
    private static GatewayRig rig;

    @BeforeAll
    static void start() {
        rig = GatewayRig.start(RigConfig.empty()
                .channel("alpha", UPSTREAM)
                .channel("versioned", UPSTREAM.baseUrl() + "/v1")
                .channel("nested", UPSTREAM.baseUrl() + "/compatible-mode/v1/")
                .channel(
                        "rewriting",
                        UPSTREAM,
                        "path_rewrite: {/chat/completions: /compatible-mode/v1/chat/completions}")
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .user("versioned", "pk_test_versioned", "versioned")
                .user("nested", "pk_test_nested", "nested")
                .user("rewriting", "pk_test_rewriting", "rewriting"));
    }

    @AfterAll
    static void stop() {
        rig.close();
        UPSTREAM.close();
    }

    @BeforeEach
    void reset() {
        UPSTREAM.reset();
        UPSTREAM.onAny().reply(Reply.json("{}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1/files/a%2Fb%2fc",
                "/v1/a;x=1;y=2/b",
                "/v1/a+b?q=c+d%20e",
                "/v1//chat///completions",
                "//v1/chat",
                "/v1/x?a=1&a=2&b=&c&=d&a=3",
                "/v1/%E7%94%A8%E6%88%B7",
                "/v1/x?",
                "/v1/x?redirect=http://y.example.test/z?w=1",
                "/v1/x?q=a%26b%3Dc%23d",
                "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
                "/v1/x?monkey=1&KEY=2&keys=3",
                "/v1/x/!$&'()*,;=:@~._-",
                "/v1/x?[]{}|\\^`\"<>",
                "/v1/%",
                "/v1/%zz",
            })
    void targetsArriveByteForByte(String target) throws IOException {
        assertThat(Calls.get(rig, target, GatewayRig.AUTH).status()).isEqualTo(200);
        assertThat(UPSTREAM.only().target()).isEqualTo(target);
    }

    @ParameterizedTest
    @CsvSource({
        "versioned, /chat/completions, /v1/chat/completions",
        "versioned, /v1/chat/completions, /v1/chat/completions",
        "versioned, /v1/files/a%2Fb?x=1, /v1/files/a%2Fb?x=1",
        "versioned, /v1x/y, /v1/v1x/y",
        "nested, /chat/completions, /compatible-mode/v1/chat/completions",
        "nested, /v1/chat/completions, /compatible-mode/v1/chat/completions",
        "nested, /compatible-mode/v1/chat/completions, /compatible-mode/v1/chat/completions",
        "rewriting, /chat/completions?x=1, /compatible-mode/v1/chat/completions?x=1",
        "rewriting, /chat/completions/1, /chat/completions/1",
        "rewriting, /compatible-mode/v1/chat/completions, /compatible-mode/v1/chat/completions",
    })
    void aPrefixIsPutInFrontOnce(String who, String sent, String arrives) throws IOException {
        assertThat(Calls.get(rig, sent, "Authorization: Bearer pk_test_" + who).status())
                .isEqualTo(200);
        assertThat(UPSTREAM.only().target()).isEqualTo(arrives);
    }

    @Test
    void dotSegmentsDoNotLeadOutOfThePrefix() throws IOException {
        for (String target : new String[] {"/v1/../admin", "/v1/%2e%2e/admin", "/../admin"}) {
            assertThat(Calls.get(rig, target, "Authorization: Bearer pk_test_versioned")
                            .status())
                    .as(target)
                    .isEqualTo(400);
        }
        assertThat(UPSTREAM.requests()).isEmpty();
    }
}
