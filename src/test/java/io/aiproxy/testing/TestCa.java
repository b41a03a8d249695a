package io.aiproxy.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate authority for tests, made with the JDK's keytool. */
public final class TestCa {
    private static final String PASSWORD = "changeit";
    private static final char[] PASSWORD_CHARS = PASSWORD.toCharArray();

    private final Path directory;
    private final Path store;
    private int identities;

    private TestCa(Path directory) {
        this.directory = directory;
        this.store = directory.resolve("ca.p12");
    }

    /** Makes an authority. Takes a second: share it between the tests of a class. Its files last as long as the JVM. */
    public static TestCa create(String name) {
        try {
            TestCa ca = new TestCa(TempTree.make("aiproxy-ca"));
            ca.keytool(ca.store, "-genkeypair", "-alias", "ca", "-dname", "CN=" + name, "-ext", "bc:c");
            return ca;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * A server with a certificate of this authority.
     *
     * @param names alternative names as keytool writes them, e.g. {@code dns:localhost}, {@code ip:127.0.0.1}
     */
    public synchronized Identity identity(String... names) {
        String alias = "identity-" + ++identities;
        keytool(
                store,
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                "CN=" + alias,
                "-signer",
                "ca",
                "-ext",
                "san=" + String.join(",", names));
        return new Identity(alias);
    }

    /** The authority's certificate as a PEM file. */
    public Path pem() {
        return write("ca.pem", pem("CERTIFICATE", certificate("ca")));
    }

    /** A trust store with this authority and nobody else, for another JVM: {@link #trustOptions} name it. */
    private Path trustStore() {
        Path file = directory.resolve("trust.p12");
        try (OutputStream out = Files.newOutputStream(file)) {
            trusted().store(out, PASSWORD_CHARS);
            return file;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The options with which another JVM trusts this authority and nobody else. */
    public List<String> trustOptions() {
        return List.of("-Djavax.net.ssl.trustStore=" + trustStore(), "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    }

    private KeyStore trusted() throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", load().getCertificate("ca"));
        return trusted;
    }

    /** Trusts this authority and nobody else. */
    public SSLContext clientContext() {
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A key and its certificate. */
    public final class Identity {
        private final String alias;

        private Identity(String alias) {
            this.alias = alias;
        }

        /** For a server of this identity. */
        public SSLContext serverContext() {
            try {
                KeyStore all = load();
                for (String other : Collections.list(all.aliases())) {
                    if (!other.equalsIgnoreCase(alias)) {
                        all.deleteEntry(other);
                    }
                }
                KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                keys.init(all, PASSWORD_CHARS);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(keys.getKeyManagers(), null, null);
                return context;
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The certificate chain as PEM, the server's own first. */
        public String certificatePem() {
            return pem("CERTIFICATE", certificate(alias)) + pem("CERTIFICATE", certificate("ca"));
        }

        /** The key as PKCS#8 PEM. */
        public String keyPem() {
            try {
                return pem("PRIVATE KEY", load().getKey(alias, PASSWORD_CHARS).getEncoded());
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The serial number of the certificate, to tell it from another. */
        public String serial() {
            try {
                return serialOf(load().getCertificate(alias));
            } catch (GeneralSecurityException | IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The serial number of a certificate. */
    public static String serialOf(Certificate certificate) {
        return ((java.security.cert.X509Certificate) certificate)
                .getSerialNumber()
                .toString(16);
    }

    private byte[] certificate(String alias) {
        try {
            return load().getCertificate(alias).getEncoded();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyStore load() throws GeneralSecurityException, IOException {
        KeyStore loaded = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(store)) {
            loaded.load(in, PASSWORD_CHARS);
        }
        return loaded;
    }

    private static String pem(String type, byte[] der) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + type + "-----\n";
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void keytool(Path keystore, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("-keystore", keystore.toString(), "-storepass", PASSWORD, "-keyalg", "EC"));
        command.addAll(List.of("-groupname", "secp256r1", "-validity", "30", "-storetype", "PKCS12"));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            process.getInputStream().transferTo(output);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("keytool failed: " + output.toString(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
