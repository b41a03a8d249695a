package io.aiproxy.testing;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Bytes of any length that need not be stored: each is a function of its place, so that every mix-up shows. */
public final class Payload {
    private Payload() {}

    /** The bytes from {@code offset} on. */
    public static byte[] bytes(long offset, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            long place = offset + i;
            bytes[i] = (byte) (place ^ (place >>> 8) * 31 ^ (place >>> 16) * 17);
        }
        return bytes;
    }

    /** SHA-256 of the first {@code size} bytes. */
    public static String sha256(long size) {
        MessageDigest digest = digest();
        for (long at = 0; at < size; at += 65536) {
            digest.update(bytes(at, (int) Math.min(65536, size - at)));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** SHA-256 of given bytes. */
    public static String sha256(byte[] bytes) {
        return HexFormat.of().formatHex(digest().digest(bytes));
    }

    /** A fresh SHA-256. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
