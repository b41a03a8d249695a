package io.aiproxy.credentials;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How certificates of token endpoints are judged: by the channel's {@code tls} settings.
 *
 * @param verify whether they are judged at all
 * @param caFile PEM file with certificates that are trusted
 * @param alone whether only those are trusted, as at the channel itself. An endpoint on another host may well be a public
 *     one, so there the JVM's certificates count as well
 */
record TokenTls(boolean verify, Optional<Path> caFile, boolean alone) {
    /** The JVM's certificates. */
    static final TokenTls DEFAULT = new TokenTls(true, Optional.empty(), false);

    /** A context for these settings. Reads a file. */
    SSLContext context() throws GeneralSecurityException, IOException {
        if (verify && caFile.isEmpty()) {
            return SSLContext.getDefault();
        }
        List<X509ExtendedTrustManager> judges = new ArrayList<>();
        if (verify && caFile.isPresent()) {
            judges.add(judge(trusted(caFile.get())));
            if (!alone) {
                judges.add(judge(null));
            }
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new AnyOf(judges)}, new SecureRandom());
        return context;
    }

    private static KeyStore trusted(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            int count = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + count++, certificate);
            }
        }
        return store;
    }

    private static X509ExtendedTrustManager judge(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager judge) {
                return judge;
            }
        }
        throw new CertificateException("this JVM cannot judge certificates");
    }

    /** Trusts what one of the judges trusts, host name included; without judges, everything. */
    private static final class AnyOf extends X509ExtendedTrustManager {
        private final List<X509ExtendedTrustManager> judges;

        AnyOf(List<X509ExtendedTrustManager> judges) {
            this.judges = judges;
        }

        /** One judge's question. */
        private interface Question {
            void ask(X509ExtendedTrustManager judge) throws CertificateException;
        }

        private void any(Question question) throws CertificateException {
            CertificateException refused = null;
            for (X509ExtendedTrustManager judge : judges) {
                try {
                    question.ask(judge);
                    return;
                } catch (CertificateException e) {
                    refused = e;
                }
            }
            if (refused != null) {
                throw refused;
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            any(judge -> judge.checkServerTrusted(chain, type, engine));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            any(judge -> judge.checkServerTrusted(chain, type, socket));
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
            any(judge -> judge.checkServerTrusted(chain, type));
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("not a server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("not a server");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("not a server");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
