package io.aiproxy.config;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Private keys in PEM (RFC 7468), looked at from outside: what is in them is for those who sign with them. */
final class Pem {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final String CONVERT = "; convert it: openssl pkcs8 -topk8 -nocrypt -in key.pem -out private.pem";

    private Pem() {}

    static boolean isPrivateKey(String text) {
        return complaint(text).isEmpty();
    }

    /** What is wrong with a private key, and how to make a good one of it. */
    static Optional<String> complaint(String text) {
        Matcher block =
                BLOCK.matcher(text.replace("\\n", "\n")); // as it is written in JSON and in environment variables
        if (!block.find()) {
            return Optional.of("must be a private key in PEM, as \"${file:keys/private.pem}\" gives it: the lines from "
                    + "-----BEGIN PRIVATE KEY----- to -----END PRIVATE KEY-----");
        }
        return switch (block.group(1)) {
            case "PRIVATE KEY", "RSA PRIVATE KEY" -> damage(block.group(2));
            case "ENCRYPTED PRIVATE KEY" -> Optional.of("is encrypted" + CONVERT);
            case "EC PRIVATE KEY" -> Optional.of("is a private key of the older form (SEC 1)" + CONVERT);
            default -> Optional.of("is something else than a private key; -----BEGIN PRIVATE KEY----- is needed");
        };
    }

    private static Optional<String> damage(String base64) {
        try {
            if (Base64.getMimeDecoder().decode(base64).length > 0) {
                return Optional.empty();
            }
        } catch (IllegalArgumentException notBase64) {
            // told below, like nothing at all
        }
        return Optional.of("is damaged: what stands between its first and last line is not base64");
    }
}
