package io.aiproxy.config;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Private keys in PEM, looked at from outside: what is in them is for those who sign with them. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("\\s*-----BEGIN ([A-Z0-9 ]+)-----\\s(.+?)-----END \\1-----\\s*", Pattern.DOTALL);
    private static final String PKCS8 = "PRIVATE KEY";

    private Pem() {}

    static boolean isPrivateKey(String text) {
        return complaint(text).isEmpty();
    }

    /** What is wrong with a private key, and how to make a good one of it. */
    static Optional<String> complaint(String text) {
        Matcher block = BLOCK.matcher(text);
        if (!block.matches()) {
            return Optional.of("must be a private key in PEM, as \"${file:keys/private.pem}\" gives it: the lines from "
                    + "-----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----");
        }
        String kind = block.group(1);
        if (kind.equals("ENCRYPTED PRIVATE KEY")) {
            return Optional.of("is encrypted; decrypt it: openssl pkcs8 -in key.pem -out private.pem");
        }
        if (kind.endsWith(" " + PKCS8)) {
            return Optional.of("is a private key of the older form; convert it: "
                    + "openssl pkcs8 -topk8 -nocrypt -in key.pem -out private.pem");
        }
        if (!kind.equals(PKCS8)) {
            return Optional.of("is something else than a private key; -----BEGIN PRIVATE KEY----- is needed");
        }
        try {
            return Base64.getMimeDecoder().decode(block.group(2)).length > 0 ? Optional.empty() : damaged();
        } catch (IllegalArgumentException notBase64) {
            return damaged();
        }
    }

    private static Optional<String> damaged() {
        return Optional.of("is damaged: what stands between its first and last line is not base64");
    }
}
