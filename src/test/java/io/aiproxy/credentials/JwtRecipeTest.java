package io.aiproxy.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.config.TokenConfig.Algorithm;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class JwtRecipeTest {
    @TempDir
    Path directory;

    private TokenKit kit;

    @BeforeEach
    void open() {
        kit = new TokenKit(directory);
    }

    @AfterEach
    void close() {
        kit.close();
    }

    @ParameterizedTest
    @CsvSource({
        "HS256,HmacSHA256,short-fake",
        "HS384,HmacSHA384,short-fake",
        "HS512,HmacSHA512,a-fake-secret-of-more-than-sixty-four-characters-so-that-it-is-long-enough",
    })
    void signsWithSecretsOfAnyLength(Algorithm algorithm, String mac, String secret) throws Exception {
        ChannelConfig channel = TokenKit.channel(
                "flow",
                TokenKit.jwt(algorithm, "{clientSecret}", "{\"clientId\":\"{clientId}\"}"),
                TokenKit.credential("a", "clientId", "zhangsan", "clientSecret", secret));

        String[] parts = kit.make(channel).split("\\.");

        Mac expected = Mac.getInstance(mac);
        expected.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), mac));
        byte[] signature = expected.doFinal((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        assertThat(Base64.getUrlDecoder().decode(parts[2])).isEqualTo(signature);
        assertThat(decoded(parts[0])).isEqualTo("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}");
    }

    @Test
    void thePayloadIsExactlyTheClaimsInTheirOrder() {
        ChannelConfig channel = TokenKit.channel(
                "flow",
                TokenKit.jwt(
                        Algorithm.HS256,
                        "{clientSecret}",
                        "{\"tenant\":\"{tenant}\",\"clientSecret\":\"{clientSecret}\",\"clientId\":\"{clientId}\","
                                + "\"a\":[1,{\"b\":\"张三 {tenant}\"}],\"n\":12345678901234567890,\"x\":null,\"f\":false}"),
                TokenKit.credential("a", "clientId", "id", "clientSecret", "fake-secret", "tenant", "t\"1"));

        assertThat(payload(kit.make(channel)))
                .isEqualTo("{\"tenant\":\"t\\\"1\",\"clientSecret\":\"fake-secret\",\"clientId\":\"id\","
                        + "\"a\":[1,{\"b\":\"张三 t\\\"1\"}],\"n\":12345678901234567890,\"x\":null,\"f\":false}");
    }

    @Test
    void timesAndHeadersAreThereWhenAskedFor() {
        TokenConfig.Jwt jwt = new TokenConfig.Jwt(
                Algorithm.HS256,
                "fake-key",
                TokenKit.json("{\"sub\":\"x\"}"),
                Map.of("kid", "{kid}"),
                true,
                Optional.of(Duration.ofMinutes(10)),
                TokenKit.TIMING);
        ChannelConfig channel = TokenKit.channel("flow", jwt, TokenKit.credential("a", "kid", "key-7"));
        long now = kit.clock.millis() / 1000;

        String token = kit.make(channel);
        assertThat(payload(token)).isEqualTo("{\"sub\":\"x\",\"iat\":" + now + ",\"exp\":" + (now + 600) + "}");
        assertThat(decoded(token.split("\\.")[0])).contains("\"kid\":\"key-7\"");

        // It is used for as long as it says, and not for the hour of lifetime.
        Token made = TokenRecipe.of(jwt)
                .make(kit.order(channel))
                .toCompletableFuture()
                .join();
        assertThat(made.expiresAtMillis() - kit.clock.millis()).isEqualTo(600_000);
        assertThat(made).hasToString("Token[value=***, expiresAtMillis=" + made.expiresAtMillis() + "]");
    }

    @ParameterizedTest
    @EnumSource(Keys.Form.class)
    void signsWithRsaKeysInTheirCommonForms(Keys.Form form) throws Exception {
        String token = kit.make(channel(Algorithm.RS256, Keys.rsa(form)));
        assertThat(JWSObject.parse(token).verify(new RSASSAVerifier((RSAPublicKey) Keys.RSA.getPublic())))
                .isTrue();
    }

    @Test
    void signsWithKeysOfTheCurveP256() throws Exception {
        String token = kit.make(channel(
                Algorithm.ES256, Keys.pem("PRIVATE KEY", Keys.EC.getPrivate().getEncoded())));
        assertThat(JWSObject.parse(token).verify(new ECDSAVerifier((ECPublicKey) Keys.EC.getPublic())))
                .isTrue();
    }

    @Test
    void aKeyThatCannotBeUsedIsToldAndNotShown() {
        assertThat(misconfigured(Algorithm.RS256, "fake-not-pem")).contains("not in PEM");
        assertThat(misconfigured(Algorithm.HS256, " ")).contains("empty");
        byte[] rsa = Keys.RSA.getPrivate().getEncoded();
        assertThat(misconfigured(Algorithm.RS256, Keys.pem("EC PRIVATE KEY", rsa)))
                .contains("openssl pkcs8 -topk8");
        assertThat(misconfigured(Algorithm.RS256, Keys.pem("ENCRYPTED PRIVATE KEY", rsa)))
                .contains("encrypted", "openssl pkcs8 -topk8");
        assertThat(misconfigured(Algorithm.RS256, Keys.pem("CERTIFICATE", rsa))).contains("no private key");
        assertThat(misconfigured(Algorithm.RS256, Keys.pem("RSA PRIVATE KEY", new byte[] {1, 2, 3})))
                .contains("damaged");
        assertThat(misconfigured(Algorithm.RS256, "-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----"))
                .contains("damaged");
        assertThat(misconfigured(Algorithm.ES256, Keys.pem("PRIVATE KEY", rsa))).contains("not one for EC");
        assertThat(misconfigured(
                        Algorithm.ES256,
                        Keys.pem(
                                "PRIVATE KEY", Keys.ec("secp384r1").getPrivate().getEncoded())))
                .contains("P-256");
        assertThat(kit.log()).isEmpty();
    }

    @Test
    void claimsThatAreNoObjectAreAMistake() {
        ChannelConfig channel =
                TokenKit.channel("flow", TokenKit.jwt(Algorithm.HS256, "fake", "[1]"), TokenKit.credential("a"));
        FailureException thrown =
                TokenKit.failure(kit.open().fetch(channel, channel.credentials().get(0)));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
    }

    private String misconfigured(Algorithm algorithm, String key) {
        FailureException thrown = org.assertj.core.api.Assertions.catchThrowableOfType(
                FailureException.class, () -> kit.make(channel(algorithm, key)));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
        assertThat(thrown.getMessage()).contains("\"corp\"", "\"main\"");
        key.lines()
                .filter(line -> !line.startsWith("-") && !line.isBlank())
                .forEach(line -> assertThat(thrown.getMessage()).doesNotContain(line.length() < 4 ? key : line));
        return thrown.getMessage();
    }

    private static ChannelConfig channel(Algorithm algorithm, String key) {
        return TokenKit.channel(
                "corp", TokenKit.jwt(algorithm, "{pem}", "{\"sub\":\"x\"}"), TokenKit.credential("main", "pem", key));
    }

    private static String payload(String token) {
        return decoded(token.split("\\.")[1]);
    }

    private static String decoded(String part) {
        return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    }
}
