package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelfSignedCommandTest {
    private static final char[] NO_PASSWORD = "none-needed".toCharArray();

    @TempDir
    private Path dir;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void makes_a_pair_that_carries_tls_for_the_names_asked_for() throws Exception {
        assertThat(selfSigned("--out", "tls", "--host", "gw.example.com", "--host", "10.1.2.3", "--days", "7"))
                .isZero();

        X509Certificate certificate = certificate();
        assertThat(certificate.getSubjectAlternativeNames().stream().map(name -> name.get(1)))
                .map(Object::toString)
                .containsExactlyInAnyOrder("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "gw.example.com", "10.1.2.3");
        assertThat(Duration.between(
                        certificate.getNotBefore().toInstant(),
                        certificate.getNotAfter().toInstant()))
                .isEqualTo(Duration.ofDays(7));
        assertThat(handshake(certificate, privateKey(), "localhost")).isEqualTo('!');
    }

    @Test
    void the_key_is_for_its_owner_only() throws Exception {
        assertThat(selfSigned("--out", "tls")).isZero();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("tls/key.pem"))))
                .isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(dir.resolve("tls"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("cert.pem", "key.pem");
        }
    }

    @Test
    void says_what_to_put_where_and_never_the_key() throws Exception {
        assertThat(selfSigned("--out", "tls")).isZero();

        assertThat(out.toString())
                .contains("--tls-cert " + dir.resolve("tls/cert.pem"), "aiproxy.tls-key=" + dir.resolve("tls/key.pem"))
                .doesNotContain("PRIVATE KEY");
    }

    @Test
    void overwrites_only_when_told_to() throws Exception {
        assertThat(selfSigned("--out", "tls")).isZero();
        Files.delete(dir.resolve("tls/cert.pem"));
        String key = Files.readString(dir.resolve("tls/key.pem"));

        assertThat(selfSigned("--out", "tls")).isEqualTo(1);
        assertThat(err.toString()).contains("key.pem exists", "--force").doesNotContain("\tat ");
        assertThat(dir.resolve("tls/key.pem")).hasContent(key);
        assertThat(dir.resolve("tls/cert.pem")).doesNotExist();

        assertThat(selfSigned("--out", "tls", "--force")).isZero();
        assertThat(Files.readString(dir.resolve("tls/key.pem"))).isNotEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "https://x", "gw:8001", "1.2.3.400", "x,dns:y", "-x", ""})
    void a_host_that_is_none_is_refused_and_nothing_written(String host) {
        assertThat(selfSigned("--out", "tls", "--host", host)).isEqualTo(1);

        assertThat(err.toString())
                .startsWith("aiproxy: --host: \"" + host + "\"")
                .doesNotContain("\tat ");
        assertThat(dir.resolve("tls")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*.example.com", "gw", "2001:db8::7", "xn--fiqs8s.example"})
    void names_in_their_usual_forms_are_taken(String host) throws Exception {
        assertThat(selfSigned("--out", "tls", "--host", host)).isZero();

        String expected = host.contains(":") ? InetAddress.getByName(host).getHostAddress() : host;
        assertThat(certificate().getSubjectAlternativeNames().stream().map(name -> name.get(1)))
                .map(Object::toString)
                .contains(expected);
    }

    @Test
    void a_directory_that_cannot_be_made_is_told() throws Exception {
        Files.createFile(dir.resolve("file"));

        assertThat(selfSigned("--out", "file/tls")).isEqualTo(1);
        assertThat(err.toString())
                .contains("cannot write to " + dir.resolve("file/tls"))
                .doesNotContain("\tat ");
    }

    @Test
    void days_are_bounded() {
        assertThat(selfSigned("--out", "tls", "--days", "0")).isEqualTo(1);
        assertThat(selfSigned("--out", "tls", "--days", "many")).isEqualTo(2);
    }

    private int selfSigned(String... options) {
        String[] args = Stream.concat(Stream.of("tls", "self-signed"), Stream.of(options))
                .toArray(String[]::new);
        Shell shell = new Shell(Map.of(), dir, new PrintWriter(out, true), new PrintWriter(err, true));
        return Cli.execute(args, (settings, properties) -> 99, (channel, credential) -> null, shell);
    }

    private X509Certificate certificate() throws Exception {
        try (InputStream in = Files.newInputStream(dir.resolve("tls/cert.pem"))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private PrivateKey privateKey() throws Exception {
        String pem = Files.readString(dir.resolve("tls/key.pem"));
        assertThat(pem).startsWith("-----BEGIN PRIVATE KEY-----\n").endsWith("\n-----END PRIVATE KEY-----\n");
        byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    /** One byte through a TLS connection whose client checks the name; what arrived. */
    private static int handshake(X509Certificate certificate, PrivateKey key, String name) throws Exception {
        SSLContext context = context(certificate, key);
        try (SSLServerSocket server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> send(server));
            try (SSLSocket client = (SSLSocket) context.getSocketFactory().createSocket(name, server.getLocalPort())) {
                SSLParameters parameters = client.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                client.setSSLParameters(parameters);
                int got = client.getInputStream().read();
                sent.join();
                return got;
            }
        }
    }

    private static SSLContext context(Certificate certificate, PrivateKey key) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", key, NO_PASSWORD, new Certificate[] {certificate});
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("gateway", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private static void send(SSLServerSocket server) {
        try (SSLSocket socket = (SSLSocket) server.accept();
                OutputStream to = socket.getOutputStream()) {
            to.write('!');
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
