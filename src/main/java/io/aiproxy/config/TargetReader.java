package io.aiproxy.config;

import io.aiproxy.core.Origin;
import io.aiproxy.core.Target;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a channel is reached: {@code host, tls, ssl, egress_proxy, http2}. */
final class TargetReader {
    private static final Pattern HOST = Pattern.compile("(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");
    private static final Map<String, Boolean> HTTP2 = new LinkedHashMap<>();

    static {
        HTTP2.put("auto", true);
        HTTP2.put("off", false);
    }

    private final String id;
    private final NodeReader channel;
    private final Source source;

    TargetReader(String id, NodeReader channel, Source source) {
        this.id = id;
        this.channel = channel;
        this.source = source;
    }

    /** The target of {@code baseUrl}. Reads all its keys also when the URL is missing, so that their problems are told. */
    Target target(URI baseUrl, EgressReader egress) {
        Origin origin = Urls.origin(baseUrl);
        Optional<Boolean> ssl = channel.flag("ssl");
        if (ssl.isPresent() && ssl.get() != origin.tls()) {
            channel.problem(
                    "ssl", "contradicts base_url; the scheme of base_url (http or https) decides, so leave ssl out");
        }
        String host = hostHeader(baseUrl);
        String serverName = host.equals(origin.authority()) ? origin.host() : withoutPort(host);
        return new Target(
                origin, tls(serverName), egress.read(channel, origin), channel.choice("http2", HTTP2, Boolean.TRUE));
    }

    /** The value of {@code Host}. */
    String hostHeader(URI baseUrl) {
        Optional<Text> host = channel.text("host");
        host.ifPresent(TargetReader::checkHost);
        return host.map(text -> text.value().toLowerCase(Locale.ROOT))
                .orElse(Urls.origin(baseUrl).authority());
    }

    /** {@code host[:port]}. */
    static void checkHost(Text host) {
        Matcher matcher = HOST.matcher(host.value());
        if (!matcher.matches()) {
            host.problem("must be a host name, with :port if needed, and no scheme or path");
        } else if (matcher.group(2) != null && !isPort(Integer.parseInt(matcher.group(2)))) {
            host.problem("has a bad port; allowed: 1 to 65535");
        }
    }

    private static boolean isPort(int number) {
        return number > 0 && number <= 65_535;
    }

    private static String withoutPort(String host) {
        Matcher matcher = HOST.matcher(host);
        return matcher.matches() ? matcher.group(1).replaceAll("[\\[\\]]", "") : host;
    }

    private Target.Tls tls(String serverName) {
        NodeReader tls = channel.child("tls");
        boolean verify = tls.flag("verify", true);
        Optional<Path> caFile = tls.text("ca_file").flatMap(this::caFile);
        tls.done();
        if (!verify) {
            source.problems()
                    .warn("channel " + id
                            + ": tls.verify is false, so its certificate is NOT checked and anybody on the "
                            + "way can read the credential. Use tls.ca_file to trust a certificate of your own");
        }
        return new Target.Tls(verify, caFile, serverName);
    }

    private Optional<Path> caFile(Text name) {
        try {
            Path path = source.directory().resolve(name.value()).normalize();
            source.problems().file(path);
            if (!Files.isRegularFile(path)) {
                name.problem(
                        Files.exists(path)
                                ? "is not a file"
                                : "file " + name.shown() + " does not exist (paths are "
                                        + "relative to the configuration directory)");
                return Optional.empty();
            }
            try (InputStream in = Files.newInputStream(path)) {
                if (CertificateFactory.getInstance("X.509")
                        .generateCertificates(in)
                        .isEmpty()) {
                    name.problem("has no certificate in it; a PEM file is needed");
                    return Optional.empty();
                }
            }
            return Optional.of(path);
        } catch (CertificateException noCertificate) {
            name.problem("is not a PEM file with certificates");
        } catch (IOException | InvalidPathException broken) {
            name.problem("cannot be read: " + broken.getClass().getSimpleName());
        }
        return Optional.empty();
    }
}
