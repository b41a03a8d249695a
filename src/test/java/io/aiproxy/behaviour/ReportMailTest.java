package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.RigConfig;
import jakarta.mail.Part;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reports by mail, with the very route that the guide shows. */
class ReportMailTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NAME = "aiproxy-report-daily-20261120.pdf";

    @Test
    void the_guides_route_sends_what_appears_once() throws Exception {
        GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        mail.setUser("gateway@example.com", "mailer", "fake_mail_password");
        mail.start();
        RigConfig config =
                RigConfig.empty().channel("one", "http://127.0.0.1:9").user("zhangsan", GatewayRig.KEY, "one");
        try (GatewayRig rig = GatewayRig.prepare(config, settings -> settings)) {
            rig.write(
                    "routes/custom/mail-report.camel.yaml", route(mail.getSmtp().getPort()));
            rig.boot();
            byte[] report = new byte[5000];
            new Random(1).nextBytes(report);
            Path reports = Files.createDirectories(rig.home().resolve("data/reports"));
            Files.write(reports.resolve(".part"), report);
            Files.move(reports.resolve(".part"), reports.resolve(NAME));
            assertThat(mail.waitForIncomingEmail(PATIENCE.toMillis(), 1)).isTrue();
            await().atMost(PATIENCE)
                    .until(() -> Files.exists(reports.resolve("sent").resolve(NAME)));

            assertThat(mail.getReceivedMessages()).singleElement().satisfies(message -> check(message, report));
            assertThat(reports.resolve(NAME)).doesNotExist();
        } finally {
            mail.stop();
        }
    }

    private static void check(MimeMessage message, byte[] report) throws Exception {
        assertThat(message.getSubject()).isEqualTo(NAME);
        assertThat(message.getAllRecipients()).extracting(Object::toString).containsExactly("manager@example.com");
        MimeMultipart parts = (MimeMultipart) message.getContent();
        assertThat(parts.getCount()).isEqualTo(2);
        assertThat(parts.getBodyPart(0).getContent().toString()).contains("用量报告见附件。");
        Part attached = parts.getBodyPart(1);
        assertThat(attached.getFileName()).isEqualTo(NAME);
        assertThat(attached.getInputStream().readAllBytes()).isEqualTo(report);
    }

    /** The guide's, with values for its placeholders and less patience. */
    private static String route(int port) throws IOException {
        String guide = Files.readString(Path.of("docs/guide/reports.md"));
        int begin = guide.indexOf("- route:\n    id: custom-mail-report");
        return guide.substring(begin, guide.indexOf("```", begin))
                .replace("{{mail.host}}", "127.0.0.1")
                .replace("{{mail.port}}", Integer.toString(port))
                .replace("{{mail.user}}", "mailer")
                .replace("{{mail.password}}", "fake_mail_password")
                .replace("{{mail.from}}", "gateway@example.com")
                .replace("{{mail.to}}", "manager@example.com")
                .replace("delay: 60000", "delay: 500");
    }
}
