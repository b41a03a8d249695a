package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.aiproxy.telemetry.LogLevel;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/**
 * A channel {@code corp} that wants a token, the endpoint that gives it, and an ear for the gateway's log. Tokens of the
 * endpoint are {@code fake-token-1}, {@code fake-token-2} …; the credential's secret is {@link #SECRET}.
 */
final class TokenScene implements AutoCloseable {
    static final String SECRET = "fake-client-Secret/71";
    static final String TOKEN = "fake-token-";
    static final KeyPair RSA = rsa();

    final FakeUpstream endpoint = FakeUpstream.start();
    final FakeUpstream upstream = FakeUpstream.start();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("io.aiproxy");
    private final AppenderBase<ILoggingEvent> ear = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            String thrown =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            log.add(event.getLevel() + " " + event.getFormattedMessage() + thrown);
        }
    };

    TokenScene() {
        ear.start();
        logger.addAppender(ear);
        upstream.onAny().reply(Calls.ok());
    }

    /** The endpoint gives one token after the other, of so many seconds each. */
    FakeUpstream.Rule issue(long seconds) {
        return endpoint.on("/token").answer(request -> token(endpoint.requests().size(), seconds));
    }

    /** The answer with the token of this number. */
    static Reply token(int number, long seconds) {
        return Reply.json("{\"access_token\":\"" + TOKEN + number + "\",\"token_type\":\"Bearer\",\"expires_in\":"
                + seconds + ",\"data\":{\"token\":\"" + TOKEN + number + "\",\"expires\":" + seconds + "}}");
    }

    /** {@code token:} for client credentials at the endpoint; further keys after a comma. */
    String clientCredentials(String more) {
        return "token: {kind: oauth2-client-credentials, url: \"" + endpoint.baseUrl() + "/token\"" + more + "}";
    }

    /** {@code credentials:} of client credentials, with these names. */
    static String clients(String... names) {
        StringBuilder list = new StringBuilder("credentials:");
        for (String name : names) {
            list.append("\n  - {name: ").append(name).append(", client_id: id-").append(name);
            list.append(", client_secret: \"").append(SECRET).append("\"}");
        }
        return list.toString();
    }

    /** A configuration whose channel {@code corp} has these lines, the user's first. */
    RigConfig config(String... lines) {
        return RigConfig.empty().channel("corp", upstream, lines).user("zhangsan", GatewayRig.KEY, "corp");
    }

    /** As {@link #config}, for a gateway that logs all that it can. */
    RigConfig loud(String... lines) {
        return config(lines).system("log_level: debug");
    }

    /** What the gateway has logged so far. */
    List<String> log() {
        return log;
    }

    /** The numbers of the tokens that the channel was shown, one for each request. */
    List<String> shown() {
        return upstream.requests().stream()
                .map(request -> request.header("authorization").orElse("nothing"))
                .toList();
    }

    /** No secret and no token in any answer, page or log. */
    void assertSilent(GatewayRig rig, Calls.Result... answers) throws IOException {
        StringBuilder said = new StringBuilder(String.join("\n", log)).append(String.join("\n", rig.accessLog()));
        for (Calls.Result answer : answers) {
            said.append(answer.head().text()).append(answer.text());
        }
        for (String page : List.of("/health", "/ready", "/status", "/stats", "/dashboard", "/metrics")) {
            Calls.Result shown = Calls.get(rig, page);
            said.append(shown.head().text()).append(shown.text());
        }
        String basic = Base64.getEncoder().encodeToString(SECRET.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(said.toString())
                .doesNotContain(
                        TOKEN, SECRET, SECRET.substring(0, 12), basic.substring(0, 12), "PRIVATE KEY", "pk_test");
    }

    /** The private key, in PEM on one line, as YAML and JSON take it in quotation marks. */
    static String pem() {
        return "-----BEGIN PRIVATE KEY-----\\n"
                + Base64.getEncoder().encodeToString(RSA.getPrivate().getEncoded()) + "\\n-----END PRIVATE KEY-----\\n";
    }

    private static KeyPair rsa() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        logger.detachAppender(ear);
        LogLevel.apply("info");
        endpoint.close();
        upstream.close();
    }
}
