package io.aiproxy.behaviour;

import static io.aiproxy.behaviour.Calls.BODY;
import static io.aiproxy.behaviour.Calls.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.aiproxy.core.Secret;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.RawWebSocket;
import io.aiproxy.testing.RedisRig;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.testing.SocketEnd;
import io.aiproxy.testing.TestCa;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A Redis that does not let everybody in: passwords, users with few rights, TLS; and users who are let in no longer. */
@NeedsGateway
@Timeout(180)
class RedisAccessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PATIENT = "?timeout=30s";
    private static final String PASSWORD = "fake-redis-password";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    private Path directory;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    @BeforeEach
    void listen() {
        upstream.onAny().reply(Calls.ok());
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        root.addAppender(log);
    }

    @AfterEach
    void noPasswordInTheLog() {
        root.detachAppender(log);
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).noneMatch(line -> line.contains(PASSWORD));
    }

    private GatewayRig gateway(String url) {
        RigConfig config = RigConfig.empty()
                .channel("alpha", upstream)
                .userLines(
                        "zhangsan",
                        "channels: [alpha]",
                        "proxy_key: " + GatewayRig.KEY,
                        "limits: [{requests: 2, per: day}, {concurrent: 2}, {sockets: 1}]");
        GatewayRig rig = GatewayRig.prepare(config, settings -> settings.withRedis(Secret.of(url)));
        rig.write("config/admin.yaml", Admin.tokens());
        rig.boot();
        return rig;
    }

    private static void awaitUp(GatewayRig rig, int value) {
        await("aiproxy_limit_store_up to be " + value)
                .atMost(PATIENCE)
                .until(() -> Calls.get(rig, "/metrics").text().contains("aiproxy_limit_store_up " + value + ".0"));
    }

    /** Two calls at one gateway, and a third at another: only who counts in Redis knows of the two. */
    private void countsTogether(String url) throws IOException {
        try (GatewayRig one = gateway(url);
                GatewayRig other = gateway(url)) {
            awaitUp(one, 1);
            awaitUp(other, 1);
            assertThat(Calls.chat(one).status()).isEqualTo(200);
            assertThat(Calls.chat(one).status()).isEqualTo(200);
            Calls.chat(other).isFailure(429, "rate_limit_exceeded");
        }
    }

    private void countsAlone(String url) throws IOException {
        try (GatewayRig rig = gateway(url)) {
            awaitUp(rig, 0);
            await("the log to tell why").atMost(PATIENCE).until(() -> log.list.stream()
                    .anyMatch(event -> event.getFormattedMessage().contains("Redis")));
            assertThat(Calls.chat(rig).status()).isEqualTo(200);
        }
    }

    @Test
    void aPassword() throws IOException {
        try (RedisRig redis = RedisRig.start()) {
            redis.call(commands -> commands.configSet("requirepass", PASSWORD));
            String host = redis.url("").substring("redis://".length());
            countsTogether("redis://:" + PASSWORD + "@" + host + PATIENT);
            countsAlone("redis://" + host);
            countsAlone("redis://:" + PASSWORD + "-wrong@" + host);
        }
    }

    @Test
    void aUserWithNoMoreRightsThanAreNeeded() throws IOException {
        try (RedisRig redis = RedisRig.start()) {
            AclSetuserArgs rights =
                    AclSetuserArgs.Builder.on().addPassword(PASSWORD).keyPattern("{aiproxy}*");
            for (CommandType command : new CommandType[] {
                CommandType.EVAL, CommandType.EVALSHA, CommandType.GET, CommandType.HDEL, CommandType.HGET,
                CommandType.HGETALL, CommandType.HSET, CommandType.PEXPIRE, CommandType.SET, CommandType.TIME
            }) {
                rights.addCommand(command);
            }
            redis.call(commands -> commands.aclSetuser("gateway", rights));
            countsTogether(redis.url("gateway", PASSWORD, PATIENT));
            countsAlone(redis.url("nobody", PASSWORD, ""));
        }
    }

    @Test
    void tls() throws IOException {
        TestCa ca = TestCa.create("Redis Test CA");
        TestCa.Identity identity = ca.identity("ip:127.0.0.1");
        Path certificate = Files.writeString(directory.resolve("redis.pem"), identity.certificatePem());
        Path key = Files.writeString(directory.resolve("redis.key"), identity.keyPem());
        int port = freePort();
        try (RedisRig redis = RedisRig.start(
                "tls-port " + port,
                "tls-cert-file " + certificate,
                "tls-key-file " + key,
                "tls-ca-cert-file " + ca.pem(),
                "tls-auth-clients no")) {
            redis.call(commands -> commands.configSet("requirepass", PASSWORD));
            String url = "rediss://:" + PASSWORD + "@127.0.0.1:" + port;
            countsAlone(url); // nobody has told this process to trust that authority
            trusting(ca, () -> countsTogether(url + PATIENT));
            countsAlone("redis://:" + PASSWORD + "@127.0.0.1:" + port);
        }
    }

    /** Something that is done with files and sockets. */
    private interface Scene {
        void play() throws IOException;
    }

    /** As with the options of a process that trusts another authority; they are looked at anew for each connection. */
    private static void trusting(TestCa ca, Scene scene) throws IOException {
        Map<String, String> options = new java.util.HashMap<>();
        for (String option : ca.trustOptions()) {
            String[] pair = option.substring("-D".length()).split("=", 2);
            options.put(pair[0], pair[1]);
        }
        options.forEach(System::setProperty);
        try {
            scene.play();
        } finally {
            options.keySet().forEach(System::clearProperty);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Test
    void whoIsDisabledIsOutAtOnceAndHoldsNothingInRedis() throws Exception {
        try (RedisRig redis = RedisRig.start();
                GatewayRig rig = gateway(redis.url(PATIENT))) {
            awaitUp(rig, 1);
            Gate gate = Gate.closed();
            upstream.reset();
            upstream.on("/v1/realtime").reply(Reply.webSocket().echo());
            upstream.on(CHAT).reply(Reply.sse().event("one").await(gate).event("two"));
            try (RawClient running = rig.client();
                    RawWebSocket socket = rig.webSocket("/v1/realtime?model=m", GatewayRig.AUTH)) {
                running.post(CHAT, BODY, GatewayRig.AUTH);
                upstream.awaitRequest(2);
                status(rig, "disabled");
                assertThat(socket.awaitClose()).isEqualTo(SocketEnd.close(1008, "user_disabled"));
                Calls.chat(rig).isFailure(403, "user_disabled");
                gate.open();
                assertThat(running.answer().text()).contains("two");
            }
            upstream.reset();
            upstream.onAny().reply(Calls.ok());
            upstream.on("/v1/realtime").reply(Reply.webSocket().echo());
            status(rig, "active");
            await("what was under way to have ended").atMost(PATIENCE).until(() -> counters(redis) == 0);
            Calls.chat(rig).isFailure(429, "rate_limit_exceeded"); // handshake and call were its two of today
        }
    }

    private static void status(GatewayRig rig, String status) throws IOException {
        Calls.Result done = Admin.send(rig, "PATCH", "users/zhangsan", "{\"status\":\"" + status + "\"}");
        assertThat(done.status()).as(done.text()).isEqualTo(200);
    }

    /** What Redis holds as under way for anybody. */
    private static long counters(RedisRig redis) {
        return redis.call(commands -> commands.keys("{aiproxy}limit:*").stream()
                .filter(key -> key.contains("concurrent") || key.contains("sockets"))
                .mapToLong(key -> commands.hgetall(key).values().stream()
                        .mapToLong(Long::parseLong)
                        .sum())
                .sum());
    }
}
