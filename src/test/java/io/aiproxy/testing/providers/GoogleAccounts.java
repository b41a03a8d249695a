package io.aiproxy.testing.providers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Recorded;
import io.aiproxy.testing.Reply;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Google's service accounts: key files as the Cloud console writes them, and the endpoint that gives tokens for them
 * (developers.google.com/identity/protocols/oauth2/service-account). It checks every assertion as Google does.
 */
public final class GoogleAccounts {
    private static final String GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String tokenUri;
    private final Map<String, RSAPublicKey> keys = new ConcurrentHashMap<>();
    private final Map<String, String> names = new ConcurrentHashMap<>();
    private final List<String> given = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<String> refused = new CopyOnWriteArrayList<>();

    /** @param tokenUri what key files name as their token endpoint, and assertions as their audience */
    public GoogleAccounts(String tokenUri) {
        this.tokenUri = tokenUri;
    }

    /** Makes an account with a key of its own; its key file. */
    public Path account(String name, Path file) throws IOException {
        KeyPair pair = rsa();
        String email = name + "@test-project.iam.example.com";
        keys.put(email, (RSAPublicKey) pair.getPublic());
        names.put(email, name);
        Map<String, String> account = new LinkedHashMap<>();
        account.put("type", "service_account");
        account.put("project_id", "test-project");
        account.put("private_key_id", "key-of-" + name);
        account.put("private_key", pem(pair));
        account.put("client_email", email);
        account.put("client_id", "100000000000000000000");
        account.put("auth_uri", "https://accounts.google.com/o/oauth2/auth");
        account.put("token_uri", tokenUri);
        account.put("auth_provider_x509_cert_url", "https://www.googleapis.com/oauth2/v1/certs");
        account.put("client_x509_cert_url", "https://www.googleapis.com/robot/v1/metadata/x509/" + name);
        account.put("universe_domain", "googleapis.com");
        Files.createDirectories(file.resolveSibling(""));
        return Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(account) + "\n");
    }

    private static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(KeyPair pair) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(pair.getPrivate().getEncoded());
        return "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n";
    }

    /** Lets the upstream give tokens. */
    public void on(FakeUpstream upstream) {
        upstream.on("/token").answer(this::token);
    }

    /** From now on this account gets no token. */
    public void refuse(String name) {
        refused.add(name);
    }

    /** Names of the accounts for which tokens were given, in order. */
    public List<String> given() {
        return List.copyOf(given);
    }

    /** What was wrong with assertions. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** The token that this account has got; there must have been one and no more. */
    public String token(String name) {
        assertThat(given).filteredOn(name::equals).hasSize(1);
        return tokenText(name, 1);
    }

    private static String tokenText(String name, int number) {
        return "ya29.fake-access-token-" + number + "-of-" + name;
    }

    private Reply token(Recorded request) {
        try {
            String name = check(request);
            if (refused.contains(name)) {
                return Reply.json(
                        400, "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid JWT Signature.\"}");
            }
            given.add(name);
            int number = (int) given.stream().filter(name::equals).count();
            return Reply.json("{\"access_token\":\"" + tokenText(name, number)
                    + "\",\"expires_in\":3599,\"token_type\":\"Bearer\"}");
        } catch (ParseException | JOSEException | AssertionError e) {
            complaints.add(String.valueOf(e.getMessage()));
            return Reply.json(400, "{\"error\":\"invalid_request\"}");
        }
    }

    /** The name of the account that asks. */
    private String check(Recorded request) throws ParseException, JOSEException {
        Map<String, String> form = form(request.text());
        assertThat(form).containsOnlyKeys("grant_type", "assertion").containsEntry("grant_type", GRANT);
        SignedJWT assertion = SignedJWT.parse(form.get("assertion"));
        JWTClaimsSet claims = assertion.getJWTClaimsSet();
        String name = names.getOrDefault(claims.getIssuer(), "nobody");
        assertThat(assertion.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.RS256);
        assertThat(assertion.getHeader().getKeyID()).isEqualTo("key-of-" + name);
        assertThat(assertion.verify(new RSASSAVerifier(keys.get(claims.getIssuer()))))
                .isTrue();
        assertThat(claims.getAudience()).containsExactly(tokenUri);
        assertThat(claims.getStringClaim("scope")).isEqualTo(SCOPE);
        assertThat(claims.getIssueTime()).isBeforeOrEqualTo(new Date());
        assertThat(claims.getExpirationTime())
                .isAfter(new Date())
                .isBeforeOrEqualTo(Date.from(claims.getIssueTime().toInstant().plusSeconds(3600)));
        return name;
    }

    private static Map<String, String> form(String text) {
        Map<String, String> form = new LinkedHashMap<>();
        for (String field : text.split("&")) {
            String[] parts = field.split("=", 2);
            form.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        return form;
    }
}
