package io.aiproxy.config;

import io.aiproxy.core.Networks;
import io.aiproxy.core.Origin;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which hosts are reached without the egress proxy, in the usual words of {@code NO_PROXY}: {@code *} for all, a name for
 * itself and the names below it ({@code example.com}, {@code .example.com} and {@code *.example.com} are the same, as in
 * curl), an address, a network, each with {@code :port} if it holds for one port only. Names are never looked up, so
 * addresses and networks match only hosts that are written as addresses.
 */
final class NoProxy {
    private final List<Rule> rules;

    /** A parsed entry; port 0 is any. */
    private record Rule(String name, Networks networks, int port) {}

    NoProxy(Collection<String> entries) {
        this.rules =
                entries.stream().filter(e -> !e.isBlank()).map(NoProxy::rule).toList();
    }

    boolean matches(Origin origin) {
        Optional<InetAddress> address = Networks.literal(origin.host());
        for (Rule rule : rules) {
            boolean port = rule.port == 0 || rule.port == origin.port();
            boolean host = address.isPresent()
                    ? rule.networks.contains(address.get())
                    : origin.host().equals(rule.name) || origin.host().endsWith("." + rule.name);
            if (rule.name.equals("*") || (port && host)) {
                return true;
            }
        }
        return false;
    }

    /** This machine: an egress proxy could only lead to itself. */
    static boolean local(Origin origin) {
        return origin.host().equals("localhost")
                || origin.host().endsWith(".localhost")
                || Networks.literal(origin.host())
                        .filter(InetAddress::isLoopbackAddress)
                        .isPresent();
    }

    private static Rule rule(String entry) {
        String text = entry.strip().toLowerCase(Locale.ROOT);
        int colon = text.lastIndexOf(':');
        boolean withPort = colon > 0
                && text.substring(colon + 1).matches("[0-9]{1,5}")
                && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
        String host = withPort ? text.substring(0, colon) : text;
        int port = withPort ? Integer.parseInt(text.substring(colon + 1)) : 0;
        try {
            return new Rule("", Networks.parse(List.of(host)), port);
        } catch (IllegalArgumentException aName) {
            return new Rule(host.replaceFirst("^\\*?\\.", ""), Networks.NONE, port);
        }
    }
}
