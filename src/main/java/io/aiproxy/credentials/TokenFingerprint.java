package io.aiproxy.credentials;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.TokenConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a token depends on, as a short text: channel, credential, recipe and the credential's fields. Two configurations with
 * the same fingerprint may use the same token, also in another run of the gateway, so it must not depend on the order in
 * which this JVM keeps its maps.
 */
final class TokenFingerprint {
    /** Half of SHA-256: nobody finds two alike. */
    private static final int BYTES = 16;

    private final MessageDigest digest;

    private TokenFingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    /** 32 hexadecimal digits. Takes some microseconds. */
    static String of(ChannelConfig channel, CredentialConfig credential, TokenConfig token) {
        TokenFingerprint print = new TokenFingerprint();
        Map<String, String> fields = new TreeMap<>();
        credential.fields().forEach((name, value) -> fields.put(name, value.reveal()));
        print.add(channel.id()).add(credential.name()).add(fields).timing(token.timing());
        if (token instanceof TokenConfig.Jwt jwt) {
            print.jwt(jwt);
        } else if (token instanceof TokenConfig.GoogleServiceAccount google) {
            print.add("google").add(String.join(" ", google.scopes()));
        } else if (token instanceof TokenConfig.ClientCredentials client) {
            print.client(client);
        } else if (token instanceof TokenConfig.Login login) {
            print.login(login);
        }
        return HexFormat.of().formatHex(Arrays.copyOf(print.digest.digest(), BYTES));
    }

    private void timing(TokenConfig.Timing timing) {
        add(timing.lifetime().toString()).add(timing.refreshEarly().toString());
    }

    private void jwt(TokenConfig.Jwt jwt) {
        add("jwt").add(jwt.algorithm().name()).add(jwt.key()).add(jwt.claims().toString());
        add(jwt.headers()).add(Boolean.toString(jwt.issuedAt())).add(text(jwt.expires()));
    }

    private void client(TokenConfig.ClientCredentials client) {
        add("client").add(client.url().toString()).add(client.auth().name());
        add(client.clientId()).add(client.clientSecret()).add(client.algorithm().name());
        add(client.parameters());
    }

    private void login(TokenConfig.Login login) {
        add("login").add(login.url().toString()).add(login.method()).add(login.headers());
        add(login.body().toString()).add(Boolean.toString(login.form()));
        add(login.token()).add(text(login.expiresIn()));
    }

    private TokenFingerprint add(Map<String, String> map) {
        add(Integer.toString(map.size()));
        new TreeMap<>(map).forEach((name, value) -> add(name).add(value));
        return this;
    }

    /** With its length, so that no two lists of texts look alike. */
    private TokenFingerprint add(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        digest.update(bytes);
        return this;
    }

    private static String text(Optional<?> value) {
        return value.map(Object::toString).orElse("");
    }
}
