package io.aiproxy.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.TokenConfig.ClientAuth;
import io.aiproxy.core.Headers;
import io.aiproxy.core.Secret;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever of this package lands in a log by accident shows nothing. */
class TokenTextTest {
    @TempDir
    Path directory;

    @Test
    void noTextFormShowsASecret() {
        ChannelConfig channel = TokenKit.channel(
                "corp",
                TokenKit.client("https://login.example/t", ClientAuth.BASIC, TokenKit.TIMING),
                TokenKit.credential("main", "client_id", "fake-id", "client_secret", "fake-secret", "tenant", "t"));
        Token token = new Token(Secret.of("fake-token"), 1);
        TokenRequest request = TokenRequest.form(
                URI.create("https://login.example/t?key=fake-key"),
                Map.of("authorization", "Basic fake-basic"),
                Map.of("client_secret", "fake-secret"));
        try (TokenKit kit = new TokenKit(directory)) {
            TokenOrder order = kit.order(channel);
            assertThat("" + token + request + order + channel.credentials() + order.template()
                            + TokenSlot.Held.of(token, 0, TokenKit.TIMING, 0)
                            + new TokenFiles.Kept(token, 0)
                            + new TokenAnswer(order, request)
                            + new TokenHttp.Answer(200, Headers.NONE, "{\"access_token\":\"fake-token\"}")
                            + TokenWayTest.egress(1, "fake-pass")
                            + TokenRecipe.of(channel.token().orElseThrow())
                            + new TokenTls(true, Optional.empty(), true))
                    .doesNotContain("fake-");
        }
    }

    @Test
    void theFingerprintDoesNotDependOnTheOrderOfMaps() {
        ChannelConfig one = TokenKit.channel("corp", null, TokenKit.credential("main", "a", "1", "b", "2"));
        ChannelConfig two = TokenKit.channel("corp", null, TokenKit.credential("main", "b", "2", "a", "1"));
        ChannelConfig three = TokenKit.channel("corp", null, TokenKit.credential("main", "a", "12", "b", ""));
        assertThat(print(one)).isEqualTo(print(two)).isNotEqualTo(print(three)).matches("[0-9a-f]{32}");
    }

    private static String print(ChannelConfig channel) {
        return TokenFingerprint.of(
                channel,
                channel.credentials().get(0),
                TokenKit.jwt(io.aiproxy.config.TokenConfig.Algorithm.HS256, "{a}", "{}"));
    }
}
