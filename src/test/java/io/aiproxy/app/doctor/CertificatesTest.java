package io.aiproxy.app.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Target;
import io.aiproxy.testing.TestCa;
import java.io.ByteArrayInputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CertificatesTest {
    private final TestCa ca = TestCa.create("Company CA");

    @Test
    void one_that_has_ended_or_not_begun_is_told_with_its_day() throws Exception {
        X509Certificate certificate = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(
                        ca.identity("dns:api.example.test").certificatePem().getBytes(StandardCharsets.US_ASCII)));
        Certificates certificates = Certificates.of(new Target.Tls(true, Optional.of(ca.pem()), "api.example.test"));
        certificates.checkServerTrusted(new X509Certificate[] {certificate}, "ECDHE_ECDSA", new Socket());
        Instant end = certificate.getNotAfter().toInstant();
        Instant begin = certificate.getNotBefore().toInstant();

        assertThat(certificates.complaint(end.plusSeconds(1), "base_url")).contains("expired on ", "must renew");
        assertThat(certificates.complaint(begin.minusSeconds(1), "base_url")).contains("is valid only from ", "clock");
        assertThat(certificates.complaint(begin.plusSeconds(1), "base_url")).isNull();
        assertThat(certificates.endsSoon(end.minus(Duration.ofDays(13)))).isTrue();
        assertThat(certificates.endsSoon(end.minus(Duration.ofDays(15)))).isFalse();
        assertThat(certificates.shown(end.minus(Duration.ofDays(3)))).contains("api.example.test", "(3 days)");
    }
}
