package io.aiproxy.credentials;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;

/** Keys made for this run, in PEM. */
final class Keys {
    static final KeyPair RSA = rsa();
    static final KeyPair EC = ec("secp256r1");

    /** Length of what PKCS#8 puts before a PKCS#1 key of 2048 bits. */
    private static final int ENVELOPE = 26;

    /** How people write RSA keys. */
    enum Form {
        PKCS8,
        PKCS1,
        ONE_LINE
    }

    private Keys() {}

    static String rsa(Form form) {
        byte[] der = RSA.getPrivate().getEncoded();
        String pkcs8 = pem("PRIVATE KEY", der);
        return switch (form) {
            case PKCS8 -> pkcs8;
            case PKCS1 -> pem("RSA PRIVATE KEY", Arrays.copyOfRange(der, ENVELOPE, der.length));
            case ONE_LINE -> pkcs8.replace("\n", "\\n");
        };
    }

    static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type + "-----\n";
    }

    static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
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
}
