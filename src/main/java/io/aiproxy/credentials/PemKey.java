package io.aiproxy.credentials;

import io.aiproxy.core.FailureException;
import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Private keys in PEM (RFC 7468): PKCS#8, which Java reads, and PKCS#1 ({@code BEGIN RSA PRIVATE KEY}, RFC 8017, A.1.2),
 * which only lacks PKCS#8's envelope.
 */
final class PemKey {
    private static final Pattern PEM =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");
    private static final String CONVERT =
            "; convert it with: openssl pkcs8 -topk8 -nocrypt -in key.pem -out key-pkcs8.pem";

    /** Version 0 and the algorithm rsaEncryption (RFC 5208, 5; RFC 8017, A.1). */
    private static final byte[] RSA_ENVELOPE = {
        0x02,
        0x01,
        0x00,
        0x30,
        0x0d,
        0x06,
        0x09,
        0x2a,
        (byte) 0x86,
        0x48,
        (byte) 0x86,
        (byte) 0xf7,
        0x0d,
        0x01,
        0x01,
        0x01,
        0x05,
        0x00
    };

    private PemKey() {}

    /**
     * The key in {@code text}. Line breaks may be written as {@code \n}, as they are in JSON and in environment variables.
     *
     * @param family {@code RSA} or {@code EC}
     * @throws FailureException CHANNEL_MISCONFIGURED when it is none
     */
    static PrivateKey parse(TokenOrder order, String family, String text) {
        Matcher pem = PEM.matcher(text.replace("\\n", "\n"));
        if (!pem.find()) {
            throw order.misconfigured(
                    "its private key is not in PEM; expected -----BEGIN PRIVATE KEY-----, the key and its END line");
        }
        byte[] der = der(order, pem);
        try {
            return KeyFactory.getInstance(family).generatePrivate(new PKCS8EncodedKeySpec(der));
        } catch (GeneralSecurityException unusable) { // its message may quote the key
            throw order.misconfigured("its private key is damaged, or not one for " + family);
        }
    }

    private static byte[] der(TokenOrder order, Matcher pem) {
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(pem.group(2));
        } catch (IllegalArgumentException notBase64) {
            throw order.misconfigured("its private key is damaged: what stands between BEGIN and END is not Base64");
        }
        return switch (pem.group(1)) {
            case "PRIVATE KEY" -> der;
            case "RSA PRIVATE KEY" -> envelope(der);
            case "EC PRIVATE KEY" -> throw order.misconfigured("its private key is in SEC 1 form" + CONVERT);
            case "ENCRYPTED PRIVATE KEY" -> throw order.misconfigured("its private key is encrypted" + CONVERT);
            default -> throw order.misconfigured("its PEM text holds no private key; expected BEGIN PRIVATE KEY");
        };
    }

    private static byte[] envelope(byte[] pkcs1) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(RSA_ENVELOPE);
        element(content, 0x04, pkcs1);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        element(whole, 0x30, content.toByteArray());
        return whole.toByteArray();
    }

    /** A DER element whose length takes two bytes: longer than 255, as every usable key is, and allowed for shorter ones. */
    private static void element(ByteArrayOutputStream to, int tag, byte[] content) {
        to.write(tag);
        to.write(0x82);
        to.write(content.length >> 8);
        to.write(content.length);
        to.writeBytes(content);
    }
}
