package io.aiproxy.app.doctor;

import io.aiproxy.core.Target;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Lets every certificate pass the handshake and says afterwards what is wrong with it, so that all of it can be told in
 * words. Whoever uses it must not send anything before it has asked {@link #complaint}.
 */
final class Certificates extends X509ExtendedTrustManager {
    private static final Duration SOON = Duration.ofDays(14);
    private static final int NAMES_SHOWN = 4;

    private final X509ExtendedTrustManager judge;
    private final Target.Tls tls;
    private List<X509Certificate> chain = List.of();
    private boolean untrusted;
    private boolean misnamed;

    private Certificates(X509ExtendedTrustManager judge, Target.Tls tls) {
        this.judge = judge;
        this.tls = tls;
    }

    /** For certificates that are judged as the gateway would: by the channel's CA file, or by the JVM's trust store. */
    static Certificates of(Target.Tls tls) throws StepFailure {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            Optional<Path> file = tls.caFile();
            factory.init(file.isPresent() ? store(file.get()) : null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager x509) {
                    return new Certificates(x509, tls);
                }
            }
            throw new StepFailure("this Java has no judge of X.509 certificates");
        } catch (GeneralSecurityException | IOException e) {
            throw new StepFailure("the trusted certificates cannot be read (tls.ca_file): " + e.getMessage());
        }
    }

    private static KeyStore store(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            int number = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                number++;
                store.setCertificateEntry("ca-" + number, certificate);
            }
        }
        return store;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] presented, String type, Socket socket) {
        chain = List.of(presented);
        try {
            judge.checkServerTrusted(presented, type);
        } catch (CertificateException e) {
            untrusted = true;
        }
        try {
            judge.checkServerTrusted(presented, type, socket);
        } catch (CertificateException e) {
            misnamed = !untrusted;
        }
    }

    /**
     * What is wrong with the certificate that was presented, and what to do; null if nothing is.
     *
     * @param setting the key that says which server was meant
     */
    @Nullable
    String complaint(Instant now, String setting) {
        for (X509Certificate certificate : chain) {
            if (now.isAfter(certificate.getNotAfter().toInstant())) {
                return "the certificate of " + name(certificate) + " expired on "
                        + date(certificate.getNotAfter().toInstant())
                        + ": its owner must renew it; if it is somebody else's clock that is right, set this one's";
            }
            if (now.isBefore(certificate.getNotBefore().toInstant())) {
                return "the certificate of " + name(certificate) + " is valid only from "
                        + date(certificate.getNotBefore().toInstant()) + ": is this machine's clock right?";
            }
        }
        if (untrusted) {
            return "the certificate is signed by "
                    + name(chain.get(chain.size() - 1).getIssuerX500Principal().getName())
                    + ", which is not trusted here: if that is your company's CA, put its certificate into a PEM file and"
                    + " name it in tls.ca_file; if not, somebody is between here and the channel";
        }
        if (misnamed) {
            return "the certificate is for " + names() + " and not for " + tls.serverName() + ": " + setting
                    + " names another server than the one that answers";
        }
        return null;
    }

    /** Whether it ends soon. */
    boolean endsSoon(Instant now) {
        return !chain.isEmpty()
                && now.plus(SOON).isAfter(chain.get(0).getNotAfter().toInstant());
    }

    /** The certificate in words. */
    String shown(Instant now) {
        if (chain.isEmpty()) {
            return "no certificate";
        }
        Instant end = chain.get(0).getNotAfter().toInstant();
        return "certificate for " + names() + " by "
                + name(chain.get(0).getIssuerX500Principal().getName()) + ", valid until " + date(end) + " ("
                + Duration.between(now, end).toDays() + " days), chain of " + chain.size();
    }

    private String names() {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> alternatives = chain.get(0).getSubjectAlternativeNames();
            if (alternatives != null) {
                alternatives.forEach(entry -> names.add(String.valueOf(entry.get(1))));
            }
        } catch (CertificateParsingException e) {
            // as if it had none
        }
        if (names.isEmpty()) {
            return name(chain.get(0));
        }
        int more = names.size() - NAMES_SHOWN;
        return String.join(", ", names.subList(0, Math.min(NAMES_SHOWN, names.size())))
                + (more > 0 ? " and " + more + " more" : "");
    }

    private static String name(X509Certificate certificate) {
        return name(certificate.getSubjectX500Principal().getName());
    }

    /** The common name alone where there is one. */
    private static String name(String distinguished) {
        for (String part : distinguished.split(",", -1)) {
            if (part.strip().startsWith("CN=")) {
                return part.strip().substring(3);
            }
        }
        return distinguished.isEmpty() ? "nobody" : distinguished;
    }

    private static LocalDate date(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] presented, String type, SSLEngine engine)
            throws CertificateException {
        judge.checkServerTrusted(presented, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] presented, String type) throws CertificateException {
        judge.checkServerTrusted(presented, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] presented, String type) throws CertificateException {
        judge.checkClientTrusted(presented, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] presented, String type, Socket socket)
            throws CertificateException {
        judge.checkClientTrusted(presented, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] presented, String type, SSLEngine engine)
            throws CertificateException {
        judge.checkClientTrusted(presented, type, engine);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge.getAcceptedIssuers();
    }
}
