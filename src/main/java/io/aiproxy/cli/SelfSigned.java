package io.aiproxy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A fresh key pair with a certificate that it signed itself, made by the JDK's own keytool. */
final class SelfSigned {
    private static final Pattern IPV4 =
            Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)\\.){3}(25[0-5]|2[0-4]\\d|1?\\d?\\d)");
    private static final Pattern NAME =
            Pattern.compile("(\\*\\.)?([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)*[A-Za-z][A-Za-z0-9-]{0,62}");

    /** The environment variable that tells keytool the password: a command line could be read by others. */
    private static final String PASSWORD = "AIPROXY_KEYTOOL_PASSWORD";

    private final byte[] privateKey;
    private final byte[] certificate;

    private SelfSigned(byte[] privateKey, byte[] certificate) {
        this.privateKey = privateKey;
        this.certificate = certificate;
    }

    /** The private key, PKCS#8. */
    byte[] privateKey() {
        return privateKey;
    }

    /** The certificate, X.509. */
    byte[] certificate() {
        return certificate;
    }

    /**
     * Makes one.
     *
     * @param names host names and IP addresses that it is valid for; the first is its common name
     * @param days how long it is valid
     */
    static SelfSigned create(Collection<String> names, int days) throws UserError, IOException {
        String alternatives = subjectAlternatives(names);
        Path dir = Files.createTempDirectory("aiproxy-tls");
        Path store = dir.resolve("store.p12");
        String password = new BigInteger(128, new SecureRandom()).toString(36);
        try {
            List<String> command = List.of(
                    keytool().toString(),
                    "-genkeypair",
                    "-alias",
                    "aiproxy",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1",
                    "-validity",
                    Integer.toString(days),
                    "-dname",
                    "CN=" + names.iterator().next() + ", O=AIProxy self-signed",
                    "-ext",
                    "SAN=" + alternatives,
                    "-ext",
                    "KeyUsage:critical=digitalSignature",
                    "-ext",
                    "ExtendedKeyUsage=serverAuth",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    store.toString(),
                    "-storepass:env",
                    PASSWORD);
            run(command, password);
            return read(store, password.toCharArray());
        } finally {
            Files.deleteIfExists(store);
            Files.delete(dir);
        }
    }

    private static Path keytool() throws UserError {
        Path bin = Path.of(System.getProperty("java.home"), "bin");
        for (String name : List.of("keytool", "keytool.exe")) {
            if (Files.isExecutable(bin.resolve(name))) {
                return bin.resolve(name);
            }
        }
        throw new UserError("this Java has no keytool in " + bin + "; use a complete JDK or JRE");
    }

    private static void run(List<String> command, String password) throws UserError, IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put(PASSWORD, password);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
        try {
            if (process.waitFor() != 0) {
                throw new UserError("keytool failed: " + said.strip());
            }
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new UserError("interrupted");
        }
    }

    private static SelfSigned read(Path store, char[] password) throws IOException {
        try (InputStream in = Files.newInputStream(store)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, password);
            return new SelfSigned(
                    keys.getKey("aiproxy", password).getEncoded(),
                    keys.getCertificate("aiproxy").getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IOException("keytool's key store cannot be read", e);
        }
    }

    private static String subjectAlternatives(Collection<String> names) throws UserError {
        List<String> alternatives = new ArrayList<>();
        for (String name : names) {
            alternatives.add(alternative(name));
        }
        return alternatives.stream().distinct().collect(Collectors.joining(","));
    }

    private static String alternative(String name) throws UserError {
        if (IPV4.matcher(name).matches()) {
            return "ip:" + name;
        }
        if (name.indexOf(':') >= 0) {
            return "ip:" + ipv6(name);
        }
        if (NAME.matcher(name).matches()) {
            return "dns:" + name;
        }
        throw new UserError("--host: \"" + name + "\" is neither a host name nor an IP address");
    }

    private static String ipv6(String name) throws UserError {
        try { // a name with a colon is never looked up: it is a literal or nothing
            return InetAddress.getByName(name).getHostAddress();
        } catch (UnknownHostException e) {
            throw new UserError("--host: \"" + name + "\" is not an IPv6 address; leave brackets and port out");
        }
    }
}
