package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RigConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** With {@code keys: {store: sha256}} a key is nowhere but with its owner, to whom it was shown once. */
@NeedsGateway
class KeyDigestStoreTest {
    private static final String GIVEN = "pk_test_given_0123456789";
    private static final String IMPORTED = "pk_test_imported_0123456789";
    private static final String SECOND = "pk_test_second_0123456789";

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    @TempDir
    private Path directory;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    /** Sends, and hands out the key that is shown. */
    private static String shown(GatewayRig rig, String method, String path, String body) throws IOException {
        Calls.Result made = Admin.send(rig, method, path, body);
        assertThat(made.status()).as(made.text()).isBetween(200, 201);
        assertThat(made.header("cache-control")).isEqualTo("no-store");
        return made.json().findValue("proxy_key").asText();
    }

    private static void done(Calls.Result result) {
        assertThat(result.status()).as(result.text()).isBetween(200, 204);
    }

    private List<String> makeKeys(GatewayRig rig) throws IOException {
        List<String> keys = new ArrayList<>();
        keys.add(shown(rig, "POST", "users", "{\"id\":\"lisi\",\"channels\":[\"alpha\"]}"));
        keys.add(shown(rig, "POST", "users/lisi/keys", "{\"name\":\"tablet\"}"));
        keys.add(shown(rig, "POST", "users/lisi/keys/tablet/rotate", "{\"grace\":\"1h\"}"));
        done(Admin.send(rig, "PUT", "users/wangwu", "{\"channels\":[\"alpha\"],\"proxy_key\":\"" + GIVEN + "\"}"));
        keys.add(GIVEN);
        done(Admin.send(rig, "POST", "users/wangwu/keys", "{\"name\":\"two\",\"proxy_key\":\"" + SECOND + "\"}"));
        keys.add(SECOND);
        String table = "id,channels,proxy_key\nzhaoliu,alpha," + IMPORTED + "\n";
        done(Admin.send(rig, "POST", "users/import", table, "Content-Type: text/csv"));
        keys.add(IMPORTED);
        done(Admin.send(rig, "PATCH", "users/lisi", "{\"name\":\"Li Si\"}"));
        return keys;
    }

    @ParameterizedTest
    @EnumSource
    void the_plain_key_is_nowhere(Admin.Kept kept) throws Exception {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        log.start();
        root.addAppender(log);
        upstream.onAny().reply(Calls.ok());
        try (GatewayRig rig = kept.start(
                RigConfig.empty()
                        .channel("alpha", upstream)
                        .user("zhangsan", GatewayRig.KEY, "alpha")
                        .system("keys: {store: sha256}", "log_level: debug"),
                directory)) {
            List<String> keys = makeKeys(rig);
            for (String key : keys) {
                Calls.Result served = Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer " + key);
                assertThat(served.status()).as(key.substring(0, 5)).isEqualTo(200);
                rig.awaitLogLine(served.header("x-aiproxy-request-id"));
            }
            answersHoldNone(rig, keys);
            rig.stop(); // writes what it writes at the end
            filesHoldNone(rig.home(), keys);
            filesHoldNone(directory, keys);
            rig.boot();
            assertThat(Calls.post(rig, Calls.CHAT, Calls.BODY, "Authorization: Bearer " + keys.get(0))
                            .status())
                    .isEqualTo(200);
        } finally {
            root.detachAppender(log);
        }
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .noneMatch(line -> line.contains(GIVEN) || line.contains(IMPORTED) || line.contains(SECOND));
    }

    private static void answersHoldNone(GatewayRig rig, List<String> keys) throws IOException {
        List<String> paths = new ArrayList<>(List.of(
                "users",
                "users?format=csv",
                "users/lisi",
                "users/lisi/keys",
                "users/lisi/keys/tablet",
                "audit",
                "mappings",
                "versions",
                "me"));
        for (JsonNode version : Admin.get(rig, "versions").json().path("items")) {
            paths.add("versions/" + version.path("version").asText());
            paths.add("versions/" + version.path("version").asText() + "/diff");
        }
        for (String path : paths) {
            Calls.Result answer = Admin.get(rig, path);
            if (!path.equals("versions/1/diff")) {
                assertThat(answer.status()).as(path + answer.text()).isEqualTo(200);
            }
            for (String key : keys) {
                assertThat(answer.text())
                        .as(path)
                        .doesNotContain(key, KeyDigest.of(key).hex());
            }
        }
        for (String page : List.of("/metrics", "/stats", "/status", "/ready")) {
            assertThat(Calls.get(rig, page).text()).as(page).doesNotContain(keys);
        }
        mine(rig, keys);
    }

    /** What the holder of a key is told: of himself, without any key; of others nothing. */
    private static void mine(GatewayRig rig, List<String> keys) throws IOException {
        Calls.Result me = Admin.as(new Admin.Sender(rig, keys.get(0)), "GET", "me", "");
        assertThat(me.status()).isEqualTo(200);
        assertThat(me.json().at("/user/id").asText()).isEqualTo("lisi");
        assertThat(me.text())
                .doesNotContain(keys)
                .doesNotContain(
                        "wangwu",
                        "zhaoliu",
                        "zhangsan",
                        "sk_upstream",
                        "sha256",
                        KeyDigest.of(keys.get(0)).hex());
        for (String path : List.of("users", "users/lisi", "users/lisi/keys", "channels", "audit", "versions")) {
            assertThat(Admin.as(new Admin.Sender(rig, keys.get(0)), "GET", path, "")
                            .status())
                    .as(path)
                    .isEqualTo(403);
        }
    }

    private static void filesHoldNone(Path directory, List<String> keys) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(keys.stream().filter(text::contains))
                        .as(file.toString())
                        .isEmpty();
            }
        }
    }
}
