package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.interfaces.DecodedJWT;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.Recorded;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Every kind of token, as the guide writes it down: asked for with the first call, shown to the channel, never said. */
@NeedsGateway
class TokenKindTest {
    private static final String BEARER = "Bearer " + TokenScene.TOKEN + "1";

    @AutoClose
    private final TokenScene scene = new TokenScene();

    private static Map<String, String> form(Recorded request) {
        assertThat(request.header("content-type").orElse("")).startsWith("application/x-www-form-urlencoded");
        return Arrays.stream(request.text().split("&"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> decoded(pair[0]), pair -> decoded(pair[1])));
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static DecodedJWT verified(String jwt) {
        return JWT.require(Algorithm.RSA256((RSAPublicKey) TokenScene.RSA.getPublic(), null))
                .build()
                .verify(jwt);
    }

    /** Two calls, of which the first causes one request at the endpoint; that request. */
    private Recorded fetched(GatewayRig rig, String header, String value) throws IOException {
        assertThat(scene.endpoint.requests()).as("before anybody has called").isEmpty();
        Calls.Result first = Calls.chat(rig);
        assertThat(first.status()).as(first.text()).isEqualTo(200);
        Calls.Result second = Calls.chat(rig);
        assertThat(second.status()).isEqualTo(200);
        for (Recorded request : scene.upstream.requests()) {
            assertThat(request.headers(header)).containsExactly(value);
            assertThat(request.everything()).doesNotContain("pk_test", TokenScene.SECRET);
        }
        scene.assertSilent(rig, first, second);
        return scene.endpoint.only();
    }

    @Test
    void aJwtThatTheGatewaySigns() throws IOException {
        try (GatewayRig rig = GatewayRig.start(scene.loud(
                "token: {preset: flow, issued_at: yes, expires: 30m}",
                "credentials: [{name: a, clientId: fake-id, clientSecret: \"" + TokenScene.SECRET
                        + "\", tenant: fake-tenant}]"))) {
            Calls.Result first = Calls.chat(rig);
            Calls.Result second = Calls.chat(rig);
            assertThat(first.status()).isEqualTo(200);
            assertThat(scene.shown()).hasSize(2);
            assertThat(scene.shown().get(1)).isEqualTo(scene.shown().get(0));
            DecodedJWT jwt = JWT.require(Algorithm.HMAC256(TokenScene.SECRET))
                    .build()
                    .verify(scene.shown().get(0).substring("Bearer ".length()));
            assertThat(jwt.getClaim("clientId").asString()).isEqualTo("fake-id");
            assertThat(jwt.getClaim("tenant").asString()).isEqualTo("fake-tenant");
            assertThat(jwt.getExpiresAtAsInstant())
                    .isEqualTo(jwt.getIssuedAtAsInstant().plusSeconds(1800));
            scene.assertSilent(rig, first, second);
            assertThat(rig.home().resolve("data/tokens")).doesNotExist();
        }
    }

    @Test
    void aGoogleServiceAccount() throws IOException {
        scene.issue(3600);
        GatewayRig prepared = GatewayRig.prepare(
                scene.loud("token: {kind: google-service-account}", "credentials: [{name: a, key_file: keys/a.json}]"),
                s -> s);
        try (GatewayRig rig = prepared) {
            String uri = scene.endpoint.baseUrl() + "/token";
            rig.write("config/keys/a.json", """
                    {"type": "service_account", "client_email": "a@fake.example", "private_key_id": "key-1",
                     "private_key": "%s", "token_uri": "%s"}
                    """.formatted(TokenScene.pem(), uri));
            rig.boot();
            Map<String, String> form = form(fetched(rig, "authorization", BEARER));
            assertThat(form).containsEntry("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
            DecodedJWT assertion = verified(form.get("assertion"));
            assertThat(assertion.getKeyId()).isEqualTo("key-1");
            assertThat(assertion.getIssuer()).isEqualTo("a@fake.example");
            assertThat(assertion.getAudience()).containsExactly(uri);
            assertThat(assertion.getClaim("scope").asString())
                    .isEqualTo("https://www.googleapis.com/auth/cloud-platform");
        }
    }

    @Test
    void clientCredentialsInTheHeader() throws IOException {
        scene.issue(3600);
        try (GatewayRig rig = GatewayRig.start(scene.loud(
                scene.clientCredentials(", scope: llm.read, audience: \"https://llm.example\""),
                TokenScene.clients("a")))) {
            Recorded asked = fetched(rig, "authorization", BEARER);
            String basic = asked.header("authorization").orElseThrow().substring("Basic ".length());
            String pair = new String(Base64.getDecoder().decode(basic), StandardCharsets.US_ASCII);
            assertThat(decoded(pair)).isEqualTo("id-a:" + TokenScene.SECRET);
            assertThat(form(asked))
                    .isEqualTo(Map.of(
                            "grant_type", "client_credentials",
                            "scope", "llm.read",
                            "audience", "https://llm.example"));
        }
    }

    @Test
    void clientCredentialsInTheForm() throws IOException {
        scene.issue(3600);
        try (GatewayRig rig = GatewayRig.start(scene.loud(
                scene.clientCredentials(", auth: post, parameters: {resource: \"r {client_id}\"}"),
                TokenScene.clients("a"),
                "auth: {header: X-Token}"))) {
            Recorded asked = fetched(rig, "x-token", TokenScene.TOKEN + "1");
            assertThat(asked.header("authorization")).isEmpty();
            assertThat(form(asked))
                    .isEqualTo(Map.of(
                            "grant_type", "client_credentials",
                            "client_id", "id-a",
                            "client_secret", TokenScene.SECRET,
                            "resource", "r id-a"));
        }
    }

    @Test
    void clientCredentialsWithASignedAssertion() throws IOException {
        scene.issue(3600);
        try (GatewayRig rig = GatewayRig.start(scene.loud(
                scene.clientCredentials(", auth: private-key-jwt"),
                "credentials: [{name: a, client_id: id-a, kid: key-1, private_key: \"" + TokenScene.pem() + "\"}]"))) {
            Map<String, String> form = form(fetched(rig, "authorization", BEARER));
            assertThat(form)
                    .containsEntry("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                    .doesNotContainKey("client_secret");
            DecodedJWT assertion = verified(form.get("client_assertion"));
            assertThat(assertion.getKeyId()).isEqualTo("key-1");
            assertThat(assertion.getIssuer()).isEqualTo("id-a");
            assertThat(assertion.getSubject()).isEqualTo("id-a");
            assertThat(assertion.getAudience()).containsExactly(scene.endpoint.baseUrl() + "/token");
        }
    }

    @Test
    void aLoginOfACompanysOwn() throws IOException {
        scene.issue(3600);
        try (GatewayRig rig = GatewayRig.start(scene.loud(
                "auth: {header: X-Token}",
                "token: {kind: login, url: \"" + scene.endpoint.baseUrl() + "/token\", headers: {X-App: \"{user}\"},"
                        + " body: {user: \"{user}\", deep: [{password: \"{password}\"}], n: 1},"
                        + " token: /data/token, expires_in: /data/expires}",
                "credentials: [{name: a, user: gateway, password: \"" + TokenScene.SECRET + "\"}]"))) {
            Recorded asked = fetched(rig, "x-token", TokenScene.TOKEN + "1");
            assertThat(asked.header("x-app")).contains("gateway");
            assertThat(asked.text())
                    .isEqualTo(
                            "{\"user\":\"gateway\",\"deep\":[{\"password\":\"" + TokenScene.SECRET + "\"}],\"n\":1}");
        }
    }
}
