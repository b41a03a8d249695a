package io.aiproxy.config;

import io.aiproxy.core.Networks;
import io.aiproxy.core.Origin;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Target;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The way out of the company's network: {@code egress_proxy} of the channel, otherwise the environment's variables. */
final class EgressReader {
    private static final Pattern PROXY =
            Pattern.compile("(?:([A-Za-z0-9+.-]+)://)?(?:(.*)@)?(\\[[^\\]]+\\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?/?");
    private static final String EXPECTED = "expected http://[user:password@]host:port, or none";

    private final Function<String, @Nullable String> environment;

    EgressReader(Function<String, @Nullable String> environment) {
        this.environment = environment;
    }

    /**
     * How to reach the hosts of a channel, {@code origin} before all; {@code channel} has the key {@code egress_proxy} or not.
     */
    Target.Way read(NodeReader channel, Origin origin) {
        Optional<Value> given = channel.value("egress_proxy");
        if (given.isEmpty()) {
            check(channel, origin);
            return this::fromEnvironment;
        }
        if (!given.get().isMap()) {
            Optional<Target.Egress> always = given.get().text().flatMap(EgressReader::proxy);
            return any -> always;
        }
        NodeReader fields = channel.child("egress_proxy");
        Optional<Text> url = fields.required("url", EXPECTED);
        NoProxy direct =
                new NoProxy(fields.texts("no_proxy").stream().map(Text::value).toList());
        fields.done();
        Optional<Target.Egress> proxy = url.flatMap(EgressReader::proxy);
        return host -> proxy.filter(egress -> !direct.matches(host));
    }

    private static Optional<Target.Egress> proxy(Text text) {
        text.at().source().problems().hide(text.value()); // a password may be in it
        if (text.value().equalsIgnoreCase("none")) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(text.value()));
        } catch (IllegalArgumentException bad) {
            text.problem(String.valueOf(bad.getMessage()));
            return Optional.empty();
        }
    }

    /** Says what is wrong with the environment's proxy, if it is needed. */
    private void check(NodeReader channel, Origin origin) {
        String name = name(origin);
        String url = variable(name);
        if (!url.isEmpty() && !direct(origin)) {
            try {
                parse(url);
            } catch (IllegalArgumentException bad) {
                channel.problem(
                        "egress_proxy", "is not given, and environment variable " + name + " " + bad.getMessage());
            }
        }
    }

    private Optional<Target.Egress> fromEnvironment(Origin origin) {
        String url = variable(name(origin));
        if (url.isEmpty() || direct(origin)) {
            return Optional.empty();
        }
        try {
            return Optional.of(parse(url));
        } catch (IllegalArgumentException unusable) {
            return Optional.empty(); // a channel that is itself reached by it has been told
        }
    }

    private static String name(Origin origin) {
        return origin.tls() ? "HTTPS_PROXY" : "HTTP_PROXY";
    }

    private boolean direct(Origin origin) {
        return NoProxy.local(origin) || new NoProxy(noProxy()).matches(origin);
    }

    private List<String> noProxy() {
        return Arrays.asList(variable("NO_PROXY").split("[,\\s]+"));
    }

    /** The lower-case spelling wins, as in curl. */
    private String variable(String name) {
        String lower = environment.apply(name.toLowerCase(Locale.ROOT));
        String value = lower == null ? environment.apply(name) : lower;
        return value == null ? "" : value.strip();
    }

    /** Never repeats the URL, which may contain a password. */
    static Target.Egress parse(String url) {
        Matcher matcher = PROXY.matcher(url);
        if (!matcher.matches() || (matcher.group(3).startsWith("[") && badLiteral(matcher.group(3)))) {
            throw new IllegalArgumentException("is not the URL of a proxy; " + EXPECTED);
        }
        String scheme = matcher.group(1);
        if (scheme != null && !scheme.equalsIgnoreCase("http")) {
            throw new IllegalArgumentException("must begin with http://: only HTTP proxies (CONNECT) are supported");
        }
        int port = matcher.group(4) == null ? 80 : Integer.parseInt(matcher.group(4));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("has a bad port; allowed: 1 to 65535");
        }
        String host = matcher.group(3).replaceAll("[\\[\\]]", "").toLowerCase(Locale.ROOT);
        String login = matcher.group(2);
        if (login == null || login.isEmpty()) {
            return new Target.Egress(host, port, Optional.empty(), Optional.empty());
        }
        int colon = login.indexOf(':');
        String user = decoded(colon < 0 ? login : login.substring(0, colon));
        Secret password = Secret.of(colon < 0 ? "" : decoded(login.substring(colon + 1)));
        return new Target.Egress(host, port, Optional.of(user), Optional.of(password));
    }

    private static boolean badLiteral(String host) {
        return Networks.literal(host).isEmpty();
    }

    /** Percent-encoding only: a plus sign is a plus sign, a percent sign that encodes nothing is one too. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }
}
