package io.aiproxy.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.TokenConfig;
import io.aiproxy.config.TokenConfig.ClientAuth;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What token endpoints are asked, and what is taken from their answers. */
class TokenEndpointTest {
    private static final String OAUTH =
            "{\"access_token\":\"fake-access\",\"token_type\":\"Bearer\",\"expires_in\":3600}";

    @TempDir
    Path directory;

    private final FakeUpstream endpoint = FakeUpstream.start();
    private TokenKit kit;

    @BeforeEach
    void open() {
        kit = new TokenKit(directory);
        endpoint.on("/token").reply(Reply.json(OAUTH));
    }

    @AfterEach
    void close() {
        kit.close();
        endpoint.close();
    }

    @Test
    void aGoogleServiceAccountSignsAnAssertion() throws Exception {
        ChannelConfig channel = google(account(Map.of()));
        long now = kit.clock.millis() / 1000;

        assertThat(fetch(channel)).isEqualTo("fake-access");

        Recorded request = endpoint.only();
        assertThat(request.header("content-type")).contains("application/x-www-form-urlencoded");
        Map<String, String> form = form(request);
        assertThat(form).containsOnlyKeys("grant_type", "assertion");
        assertThat(form.get("grant_type")).isEqualTo("urn:ietf:params:oauth:grant-type:jwt-bearer");
        JWSObject assertion = JWSObject.parse(form.get("assertion"));
        assertThat(assertion.verify(new RSASSAVerifier((RSAPublicKey) Keys.RSA.getPublic())))
                .isTrue();
        assertThat(assertion.getHeader().getKeyID()).isEqualTo("fake-key-id");
        assertThat(assertion.getPayload().toJSONObject())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "iss",
                        "robot@project.example",
                        "scope",
                        "https://scope.example/a https://scope.example/b",
                        "aud",
                        endpoint.baseUrl() + "/token",
                        "iat",
                        now,
                        "exp",
                        now + 3600));
    }

    @ParameterizedTest
    @ValueSource(strings = {"private_key", "client_email"})
    void aKeyFileWithoutWhatIsNeededIsToldByField(String missing) {
        ChannelConfig channel = google(account(Map.of(missing, "")));
        FailureException thrown =
                TokenKit.failure(kit.open().fetch(channel, channel.credentials().get(0)));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
        assertThat(thrown.getMessage()).contains("\"vertex\"", "\"company-1\"", "\"" + missing + "\"");
    }

    @ParameterizedTest
    @CsvSource({"not json,not JSON", "[],not a JSON object", "'{\"client_email\":\"x\"}',private_key"})
    void aKeyFileThatIsNoneIsTold(String file, String why) {
        ChannelConfig channel = google(file);
        FailureException thrown =
                TokenKit.failure(kit.open().fetch(channel, channel.credentials().get(0)));
        assertThat(thrown.failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
        assertThat(thrown.getMessage()).contains("\"vertex\"", "\"company-1\"", why);
    }

    @Test
    void aTokenUriThatIsNoUrlIsTold() {
        for (String uri : List.of("ftp://x.example/", "https://", "\\u0000")) {
            ChannelConfig channel = google(account(Map.of("token_uri", uri)));
            FailureException thrown = TokenKit.failure(
                    kit.open().fetch(channel, channel.credentials().get(0)));
            assertThat(thrown.failure().kind()).isEqualTo(FailureKind.CHANNEL_MISCONFIGURED);
            assertThat(thrown.getMessage()).contains("token_uri");
        }
    }

    @Test
    void basicAuthenticationEncodesIdAndSecretFirst() {
        ChannelConfig channel = corp(ClientAuth.BASIC, "id:with colon", "fake+secret/%");

        assertThat(fetch(channel)).isEqualTo("fake-access");

        String basic = endpoint.only().header("authorization").orElseThrow();
        assertThat(new String(Base64.getDecoder().decode(basic.substring("Basic ".length())), StandardCharsets.UTF_8))
                .isEqualTo("id%3Awith+colon:fake%2Bsecret%2F%25");
        assertThat(form(endpoint.only())).isEqualTo(Map.of("grant_type", "client_credentials", "scope", "models t-1"));
    }

    @Test
    void idAndSecretGoIntoTheFormWhereTheEndpointWantsThemThere() {
        assertThat(fetch(corp(ClientAuth.POST, "id&x", "fake=secret"))).isEqualTo("fake-access");
        assertThat(endpoint.only().header("authorization")).isEmpty();
        assertThat(form(endpoint.only()))
                .isEqualTo(Map.of(
                        "grant_type",
                        "client_credentials",
                        "scope",
                        "models t-1",
                        "client_id",
                        "id&x",
                        "client_secret",
                        "fake=secret"));
    }

    @Test
    void aClientMaySignForItself() throws Exception {
        assertThat(fetch(corp(ClientAuth.PRIVATE_KEY_JWT, "client-7", Keys.rsa(Keys.Form.PKCS8))))
                .isEqualTo("fake-access");

        Map<String, String> form = form(endpoint.only());
        assertThat(form)
                .containsOnlyKeys("grant_type", "scope", "client_id", "client_assertion_type", "client_assertion")
                .containsEntry("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        JWSObject assertion = JWSObject.parse(form.get("client_assertion"));
        assertThat(assertion.verify(new RSASSAVerifier((RSAPublicKey) Keys.RSA.getPublic())))
                .isTrue();
        assertThat(assertion.getPayload().toJSONObject())
                .containsEntry("iss", "client-7")
                .containsEntry("sub", "client-7")
                .containsEntry("aud", endpoint.baseUrl() + "/token")
                .containsKeys("jti", "iat", "exp");
        assertThat(assertion.getHeader().getKeyID()).isEqualTo("k1");
    }

    @Test
    void aLoginSendsItsTemplatesAsJson() {
        endpoint.on("/login").reply(Reply.json("{\"data\":{\"token\":\"fake-session\",\"expires\":\"120\"}}"));
        ChannelConfig channel = login("{\"u\":\"{user}\",\"deep\":[{\"p\":\"{password}\"}]}", false, "/data/expires");

        Token token = made(channel);

        assertThat(token.value().reveal()).isEqualTo("fake-session");
        assertThat(token.expiresAtMillis() - kit.clock.millis()).isEqualTo(120_000);
        Recorded request = endpoint.only();
        assertThat(request.text()).isEqualTo("{\"u\":\"zhangsan\",\"deep\":[{\"p\":\"fake \\\"pass\"}]}");
        assertThat(request.header("content-type")).contains("application/json");
        assertThat(request.header("x-tenant")).contains("t-1");
    }

    @Test
    void aLoginSendsItsTemplatesAsAForm() {
        endpoint.on("/login").reply(Reply.json("{\"data\":{\"token\":98765}}"));

        Token token = made(login("{\"u\":\"{user}\",\"n\":7}", true, ""));

        assertThat(token.value().reveal()).isEqualTo("98765");
        assertThat(token.expiresAtMillis() - kit.clock.millis()).isEqualTo(3_600_000);
        assertThat(endpoint.only().header("content-type")).contains("application/x-www-form-urlencoded");
        assertThat(endpoint.only().text()).isEqualTo("u=zhangsan&n=7");
    }

    @Test
    void aLoginMayBeWithoutABody() {
        endpoint.on(r -> r.target().equals("/login?grant=x")).reply(Reply.json("{\"data\":{\"token\":\"fake\"}}"));
        TokenConfig.Login config = new TokenConfig.Login(
                java.net.URI.create(endpoint.baseUrl() + "/login?grant=x"),
                "GET",
                Map.of(),
                TokenKit.json("null"),
                false,
                "/data/token",
                Optional.empty(),
                TokenKit.TIMING);
        assertThat(fetch(TokenKit.channel("other", config, TokenKit.credential("a"))))
                .isEqualTo("fake");
        assertThat(endpoint.only().method()).isEqualTo("GET");
        assertThat(endpoint.only().header("content-type")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "3600,3600",
        "\"3600\",3600",
        "3599.9,3599",
        "\"60.0\",60",
        "null,3600",
        "99999999999999999,315360000",
    })
    void lifetimesComeInManyForms(String written, long seconds) {
        endpoint.reset();
        endpoint.on("/token").reply(Reply.json("{\"access_token\":\"fake-access\",\"expires_in\":" + written + "}"));
        Token token = made(corp(ClientAuth.POST, "id", "fake-secret"));
        assertThat(token.expiresAtMillis() - kit.clock.millis()).isEqualTo(seconds * 1000);
    }

    @Test
    void aByteOrderMarkAndMembersBesidesAreNoHindrance() {
        endpoint.reset();
        endpoint.on("/token").reply(Reply.status(201).body("\ufeff {\"x\":[{}],\"access_token\":\"fake-access\"}"));
        assertThat(fetch(corp(ClientAuth.POST, "id", "fake-secret"))).isEqualTo("fake-access");
    }

    private Token made(ChannelConfig channel) {
        return TokenRecipe.of(channel.token().orElseThrow())
                .make(kit.order(channel))
                .toCompletableFuture()
                .join();
    }

    private String fetch(ChannelConfig channel) {
        return TokenKit.get(kit.open().fetch(channel, channel.credentials().get(0)));
    }

    private ChannelConfig corp(ClientAuth auth, String id, String secret) {
        return TokenKit.channel(
                "corp",
                TokenKit.client(endpoint.baseUrl() + "/token", auth, TokenKit.TIMING),
                TokenKit.credential("main", "client_id", id, "client_secret", secret, "tenant", "t-1", "kid", "k1"));
    }

    private ChannelConfig login(String body, boolean form, String expires) {
        return TokenKit.channel(
                "other",
                TokenKit.login(
                        endpoint.baseUrl() + "/login",
                        body,
                        form,
                        Optional.of(expires).filter(text -> !text.isEmpty())),
                TokenKit.credential("main", "user", "zhangsan", "password", "fake \"pass", "tenant", "t-1"));
    }

    private static ChannelConfig google(String keyFile) {
        return TokenKit.channel(
                "vertex",
                new TokenConfig.GoogleServiceAccount(
                        List.of("https://scope.example/a", "https://scope.example/b"), TokenKit.TIMING),
                TokenKit.credential("company-1", "key_json", keyFile));
    }

    private String account(Map<String, String> changes) {
        Map<String, String> fields = new java.util.LinkedHashMap<>(Map.of(
                "type", "service_account",
                "client_email", "robot@project.example",
                "private_key_id", "fake-key-id",
                "private_key", Keys.rsa(Keys.Form.PKCS8),
                "token_uri", endpoint.baseUrl() + "/token"));
        fields.putAll(changes);
        JsonNode json = TokenKit.JSON.valueToTree(fields);
        return json.toString();
    }

    private static Map<String, String> form(Recorded request) {
        return Arrays.stream(request.text().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }
}
