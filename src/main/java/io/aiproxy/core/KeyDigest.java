package io.aiproxy.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of a key (FIPS 180-4), of its UTF-8 bytes. Keys are compared and looked up by this alone: how long that takes tells
 * nothing about how much of a guess is right, and what is in memory cannot be presented by anybody. Four numbers instead of
 * an array, so that it can stand in a hash map without another object.
 *
 * @param a bytes 0 to 7, big-endian
 * @param b bytes 8 to 15
 * @param c bytes 16 to 23
 * @param d bytes 24 to 31
 */
public record KeyDigest(long a, long b, long c, long d) {
    /** Of nothing that anybody can present: every text has another digest, as far as mankind knows. */
    public static final KeyDigest NONE = new KeyDigest(0, 0, 0, 0);

    private static final int HEX_DIGITS = 64;

    /** An object of its own per thread costs a third of a new one per call. */
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) { // every Java platform must have it (MessageDigest's Javadoc)
            throw new IllegalStateException(e);
        }
    });

    /** The digest of a key. Any thread. */
    public static KeyDigest of(String key) {
        return of(SHA_256.get().digest(key.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Reads 64 hexadecimal digits, of either case.
     *
     * @throws IllegalArgumentException when it is anything else
     */
    public static KeyDigest parse(String hex) {
        if (hex.length() != HEX_DIGITS) {
            throw new IllegalArgumentException("must be 64 hexadecimal digits");
        }
        return of(HexFormat.of().parseHex(hex));
    }

    private static KeyDigest of(byte[] hash) {
        return new KeyDigest(number(hash, 0), number(hash, 8), number(hash, 16), number(hash, 24));
    }

    /** By hand: with thousands of keys at a start it costs less than a buffer's many methods. */
    private static long number(byte[] bytes, int from) {
        long number = 0;
        for (int i = from; i < from + 8; i++) {
            number = (number << 8) | (bytes[i] & 0xff);
        }
        return number;
    }

    /** As 64 hexadecimal digits, lower case. */
    public String hex() {
        HexFormat digits = HexFormat.of();
        return digits.toHexDigits(a) + digits.toHexDigits(b) + digits.toHexDigits(c) + digits.toHexDigits(d);
    }

    @Override
    public int hashCode() {
        return (int) a; // every bit of it is as good as any other
    }

    /** The beginning only: enough to tell two apart in a log. */
    @Override
    public String toString() {
        return "sha256:" + hex().substring(0, 8) + "…";
    }
}
