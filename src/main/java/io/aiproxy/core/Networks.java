package io.aiproxy.core;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A set of addresses and networks, parsed once. Immutable; {@link #contains} may be called from any thread, event loops
 * included. Literals only: no name is ever looked up.
 *
 * <p>An IPv4 address that arrives mapped into IPv6 ({@code ::ffff:10.0.0.1}, as on a dual-stack socket) is the IPv4
 * address. Therefore {@code ::/0} means every IPv6 address and {@code 0.0.0.0/0} every IPv4 address; "everybody" is both.
 */
public final class Networks {
    /** Contains no address. */
    public static final Networks NONE = new Networks(List.of());

    /** A network as bits: IPv4 uses {@code low} alone (32 bits), IPv6 both halves. Already masked. */
    private record Block(boolean v4, long high, long low, long highMask, long lowMask) {}

    private final List<Block> blocks;

    private Networks(List<Block> blocks) {
        this.blocks = List.copyOf(blocks);
    }

    /**
     * Parses addresses ({@code 10.1.2.3}, {@code 2001:db8::1}) and networks ({@code 10.0.0.0/8}, {@code fd00::/8}). Bits
     * behind the prefix are ignored. IPv6 may stand in brackets; zones ({@code %eth0}) are not accepted.
     *
     * @throws IllegalArgumentException naming the entry and what is wrong with it
     */
    public static Networks parse(Collection<String> entries) {
        List<Block> blocks = new ArrayList<>(entries.size());
        for (String entry : entries) {
            blocks.add(block(entry));
        }
        return blocks.isEmpty() ? NONE : new Networks(blocks);
    }

    /** Whether the address is one of these, or within one of these networks. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        boolean v4 = bytes.length == 4 || mapped(bytes);
        long high = v4 ? 0 : bits(bytes, 0, 8);
        long low = v4 ? bits(bytes, bytes.length - 4, 4) : bits(bytes, 8, 8);
        for (int i = 0; i < blocks.size(); i++) { // by index: no iterator for every call
            Block block = blocks.get(i);
            if (block.v4 == v4 && (high & block.highMask) == block.high && (low & block.lowMask) == block.low) {
                return true;
            }
        }
        return false;
    }

    /** Whether no address is contained. */
    public boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** The address that an IPv4 or IPv6 literal (with or without brackets) means; empty for anything else, names too. */
    public static Optional<InetAddress> literal(String text) {
        boolean bracketed = text.startsWith("[") && text.endsWith("]");
        String bare = bracketed ? text.substring(1, text.length() - 1) : text;
        try {
            if (bare.indexOf(':') >= 0) {
                return v6(bare);
            }
            return bracketed ? Optional.empty() : v4(bare);
        } catch (UnknownHostException notAnAddress) {
            return Optional.empty();
        }
    }

    private static Optional<InetAddress> v6(String text) throws UnknownHostException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean allowed = (Character.digit(c, 16) >= 0 && c < 128) || c == ':' || (c == '.' && i > 0);
            if (!allowed) {
                return Optional.empty();
            }
        }
        // With this alphabet and a colon in it the JDK takes the text for a literal and never asks a name server.
        return Optional.of(InetAddress.getByName(text));
    }

    private static Optional<InetAddress> v4(String text) throws UnknownHostException {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return Optional.empty(); // the JDK would take "10.1" for 10.0.0.1
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < 4; i++) {
            int number = number(parts[i], 255);
            if (number < 0) {
                return Optional.empty();
            }
            bytes[i] = (byte) number;
        }
        return Optional.of(InetAddress.getByAddress(bytes));
    }

    /** A decimal number without leading zeros (which some read as octal), or -1. */
    private static int number(String text, int max) {
        boolean digits = !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || (text.length() > 1 && text.charAt(0) == '0')) {
            return -1;
        }
        int number = Integer.parseInt(text);
        return number <= max ? number : -1;
    }

    private static Block block(String entry) {
        int slash = entry.indexOf('/');
        String text = slash < 0 ? entry : entry.substring(0, slash);
        InetAddress address = literal(text).orElseThrow(() -> bad(entry, "is not an IPv4 or IPv6 address or network"));
        boolean writtenAsV6 = text.indexOf(':') >= 0;
        int width = writtenAsV6 ? 128 : 32;
        int prefix = slash < 0 ? width : number(entry.substring(slash + 1), width);
        if (prefix < 0) {
            throw bad(entry, "has a bad prefix length; allowed: 0 to " + width);
        }
        if (!(address instanceof Inet4Address)) {
            return masked(false, address.getAddress(), prefix);
        }
        if (writtenAsV6 && prefix < 96) {
            throw bad(entry, "is an IPv4 network in IPv6 clothes with less than 96 bits; write the IPv4 network");
        }
        return masked(true, address.getAddress(), writtenAsV6 ? prefix - 96 : prefix);
    }

    private static Block masked(boolean v4, byte[] bytes, int prefix) {
        if (v4) {
            long mask = prefix == 0 ? 0 : (0xffff_ffffL << (32 - prefix)) & 0xffff_ffffL;
            return new Block(true, 0, bits(bytes, 0, 4) & mask, 0, mask);
        }
        long highMask = mask64(Math.min(prefix, 64));
        long lowMask = mask64(Math.max(prefix - 64, 0));
        return new Block(false, bits(bytes, 0, 8) & highMask, bits(bytes, 8, 8) & lowMask, highMask, lowMask);
    }

    private static long mask64(int ones) {
        return ones == 0 ? 0 : -1L << (64 - ones);
    }

    private static long bits(byte[] bytes, int from, int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            value = (value << 8) | (bytes[i] & 0xff);
        }
        return value;
    }

    private static boolean mapped(byte[] bytes) {
        return bits(bytes, 0, 8) == 0 && bits(bytes, 8, 4) == 0xffffL;
    }

    private static IllegalArgumentException bad(String entry, String why) {
        return new IllegalArgumentException("\"" + entry + "\" " + why);
    }
}
