package io.aiproxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aiproxy.app.Settings;
import io.aiproxy.core.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsResolverTest {
    @TempDir
    private Path temp;

    private Path dir;
    private final Map<Setting, String> flags = new EnumMap<>(Setting.class);
    private final Map<String, String> environment = new HashMap<>();

    @BeforeEach
    void realPath() throws IOException {
        dir = temp.toRealPath();
    }

    @Test
    void nothing_given_means_the_defaults() throws Exception {
        assertThat(settings())
                .isEqualTo(new Settings(
                        "",
                        8001,
                        Optional.empty(),
                        "127.0.0.1",
                        Optional.empty(),
                        Optional.empty(),
                        dir.resolve("config"),
                        false,
                        Optional.of(dir.resolve("routes")),
                        dir.resolve("data"),
                        Duration.ofSeconds(30),
                        Optional.empty(),
                        Optional.empty()));
    }

    @Test
    void flag_goes_before_environment_before_properties() throws Exception {
        properties("aiproxy.port=1001\naiproxy.ops-port=1002\naiproxy.grace=5m\naiproxy.host=10.0.0.1");
        environment.put("AIPROXY_PORT", "2001");
        environment.put("AIPROXY_OPS_PORT", "2002");
        environment.put("AIPROXY_GRACE", "250ms");
        flags.put(Setting.PORT, "3001");
        flags.put(Setting.GRACE, "7");

        Settings settings = settings();

        assertThat(settings.port()).isEqualTo(3001);
        assertThat(settings.opsPort()).contains(2002);
        assertThat(settings.host()).isEqualTo("10.0.0.1");
        assertThat(settings.grace()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void every_setting_can_be_given_in_each_of_its_ways() throws Exception {
        Path files = Files.createDirectories(dir.resolve("files"));
        Map<Setting, String> values = new EnumMap<>(Setting.class);
        values.put(Setting.HOST, "::1");
        values.put(Setting.PORT, "0");
        values.put(Setting.OPS_PORT, "9001");
        values.put(Setting.OPS_HOST, "0.0.0.0");
        values.put(Setting.TLS_CERT, Files.createFile(files.resolve("c.pem")).toString());
        values.put(Setting.TLS_KEY, Files.createFile(files.resolve("k.pem")).toString());
        values.put(Setting.CONFIG, Files.createDirectory(files.resolve("etc")).toString());
        values.put(Setting.ROUTES, Files.createDirectory(files.resolve("r")).toString());
        values.put(Setting.DATA, files.resolve("not-yet").toString());
        values.put(Setting.GRACE, "1h");
        values.put(Setting.DATABASE, "jdbc:postgresql://db.example.com/aiproxy");
        values.put(Setting.DATABASE_USER, "aiproxy");
        values.put(Setting.DATABASE_PASSWORD, "YOUR_DATABASE_PASSWORD_HERE");
        values.put(Setting.REDIS, "redis://:YOUR_REDIS_PASSWORD_HERE@redis.example.com:6379/1");
        assertThat(values).containsOnlyKeys(Setting.values());

        flags.putAll(values);
        Settings byFlag = settings();
        flags.clear();
        values.forEach((setting, value) -> environment.put(setting.variable(), value));
        Settings byEnvironment = settings();
        environment.keySet().removeIf(name -> !name.equals("AIPROXY_CONFIG"));
        StringBuilder text = new StringBuilder();
        values.forEach(
                (setting, value) -> setting.property().ifPresent(name -> text.append(name + "=" + value + "\n")));
        Files.writeString(files.resolve("etc/application.properties"), text);
        Settings byProperty = settings();

        assertThat(byFlag)
                .isEqualTo(new Settings(
                        "::1",
                        0,
                        Optional.of(9001),
                        "0.0.0.0",
                        Optional.of(files.resolve("c.pem")),
                        Optional.of(files.resolve("k.pem")),
                        files.resolve("etc"),
                        true,
                        Optional.of(files.resolve("r")),
                        files.resolve("not-yet"),
                        Duration.ofHours(1),
                        Optional.of(new Settings.Database(
                                "jdbc:postgresql://db.example.com/aiproxy",
                                "aiproxy",
                                Secret.of("YOUR_DATABASE_PASSWORD_HERE"))),
                        Optional.of(Secret.of("redis://:YOUR_REDIS_PASSWORD_HERE@redis.example.com:6379/1"))))
                .isEqualTo(byEnvironment)
                .isEqualTo(byProperty);
    }

    @Test
    void relative_paths_are_relative_to_where_they_stand() throws Exception {
        Files.createDirectories(dir.resolve("etc/own-routes"));
        Files.createFile(dir.resolve("k.pem"));
        Files.createFile(dir.resolve("etc/c.pem"));
        Files.writeString(
                dir.resolve("etc/application.properties"),
                "aiproxy.routes=own-routes\naiproxy.tls-cert=c.pem\naiproxy.data=../var");
        flags.put(Setting.CONFIG, "etc");
        environment.put("AIPROXY_TLS_KEY", "./k.pem");

        Settings settings = settings();

        assertThat(settings.configDir()).isEqualTo(dir.resolve("etc"));
        assertThat(settings.configDirGiven()).isTrue();
        assertThat(settings.routesDir()).contains(dir.resolve("etc/own-routes"));
        assertThat(settings.tlsCertificate()).contains(dir.resolve("etc/c.pem"));
        assertThat(settings.tlsKey()).contains(dir.resolve("k.pem"));
        assertThat(settings.dataDir()).isEqualTo(dir.resolve("var"));
    }

    @Test
    void routes_and_data_are_looked_for_beside_the_configuration() throws Exception {
        Files.createDirectories(dir.resolve("srv/conf"));
        flags.put(Setting.CONFIG, "srv/conf");

        assertThat(settings().routesDir())
                .as("also before it is there: it is watched")
                .contains(dir.resolve("srv/routes"));
        assertThat(settings().dataDir()).isEqualTo(dir.resolve("srv/data"));
    }

    @Test
    void what_is_not_ours_is_handed_on_and_ours_is_not() throws Exception {
        properties("camel.main.name=Büro\nmy.queue = seda:x\naiproxy.port=9000");

        assertThat(resolve().properties())
                .containsOnly(Map.entry("camel.main.name", "Büro"), Map.entry("my.queue", "seda:x"));
    }

    @Test
    void an_empty_value_in_environment_or_file_is_no_value() throws Exception {
        properties("aiproxy.tls-cert=\naiproxy.tls-key=  ");
        environment.put("AIPROXY_PORT", " ");

        assertThat(settings().port()).isEqualTo(8001);
        assertThat(settings().tlsCertificate()).isEmpty();
    }

    @Test
    void an_empty_flag_is_a_mistake_except_that_an_empty_host_means_all() throws Exception {
        environment.put("AIPROXY_HOST", "10.0.0.1");
        flags.put(Setting.HOST, "");
        assertThat(settings().host()).isEmpty();

        flags.put(Setting.PORT, "");
        flags.put(Setting.DATA, "");
        assertThat(problems())
                .hasSize(2)
                .anyMatch(p -> p.startsWith("--port: "))
                .contains("--data: is empty; give a path");
    }

    @Test
    void what_kubernetes_puts_beside_a_service_of_that_name_is_not_a_setting() throws Exception {
        environment.put("AIPROXY_PORT", "tcp://10.0.0.7:8001");

        assertThat(settings().port()).isEqualTo(8001);
    }

    @Test
    void all_problems_are_told_at_once_with_where_they_came_from() throws Exception {
        properties("aiproxy.grace=soon\naiproxy.routes=nowhere\naiproxy.prot=1\nport=8002");
        environment.put("AIPROXY_TLS_CERT", "missing.pem");
        flags.put(Setting.PORT, "70000");

        assertThat(problems())
                .containsExactlyInAnyOrder(
                        "config/application.properties: aiproxy.grace: \"soon\" is not a duration; give a number and ms, s,"
                                + " m or h, e.g. 30s",
                        "config/application.properties: aiproxy.routes: " + dir.resolve("config/nowhere")
                                + " does not exist; create it",
                        "config/application.properties: aiproxy.prot: is not a setting; known are aiproxy.host,"
                                + " aiproxy.port, aiproxy.ops-port, aiproxy.ops-host, aiproxy.tls-cert,"
                                + " aiproxy.tls-key, aiproxy.routes, aiproxy.data, aiproxy.grace,"
                                + " aiproxy.database, aiproxy.database-user, aiproxy.database-password,"
                                + " aiproxy.redis",
                        "config/application.properties: port: is not a setting; write aiproxy.port",
                        "environment variable AIPROXY_TLS_CERT: " + dir.resolve("missing.pem") + " does not exist",
                        "environment variable AIPROXY_TLS_CERT: a certificate is of no use without its key; give"
                                + " --tls-key (AIPROXY_TLS_KEY, aiproxy.tls-key) as well",
                        "--port: 70000 is not a port; give one from 0 to 65535");
    }

    @Test
    void a_configuration_directory_that_was_named_must_exist() throws Exception {
        environment.put("AIPROXY_CONFIG", "gone");
        assertThat(problems())
                .containsExactly(
                        "environment variable AIPROXY_CONFIG: " + dir.resolve("gone") + " does not exist; create it");

        Files.createFile(dir.resolve("gone"));
        assertThat(problems())
                .containsExactly("environment variable AIPROXY_CONFIG: " + dir.resolve("gone") + " is not a directory");
    }

    @Test
    void a_key_needs_a_certificate_too() throws Exception {
        Files.createFile(dir.resolve("k.pem"));
        flags.put(Setting.TLS_KEY, "k.pem");

        assertThat(problems())
                .containsExactly(
                        "--tls-key: a key is of no use without its certificate; give --tls-cert (AIPROXY_TLS_CERT,"
                                + " aiproxy.tls-cert) as well");
    }

    @Test
    void two_listeners_do_not_fit_on_one_port() throws Exception {
        environment.put("AIPROXY_OPS_PORT", "8001");
        assertThat(problems()).singleElement().asString().startsWith("environment variable AIPROXY_OPS_PORT: 8001 is");

        flags.put(Setting.PORT, "0");
        environment.put("AIPROXY_OPS_PORT", "0");
        assertThat(settings().opsPort()).contains(0);
    }

    @Test
    void data_must_not_be_a_file() throws Exception {
        Files.createFile(dir.resolve("data.txt"));
        flags.put(Setting.DATA, "data.txt");

        assertThat(problems()).singleElement().asString().contains("data.txt is not a directory");
    }

    @Test
    void a_properties_file_that_cannot_be_read_is_told() throws Exception {
        Files.createDirectories(dir.resolve("config"));
        Path file = dir.resolve("config/application.properties");

        Files.write(file, "aiproxy.host=ü".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(problems())
                .containsExactly("config/application.properties: is not UTF-8 text; save it in that encoding");

        Files.writeString(file, "a=\\u12");
        assertThat(problems()).singleElement().asString().startsWith("config/application.properties: is malformed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost", "localhost:8001", "10.0.0.1:80", "a b"})
    void an_address_is_an_address_alone(String value) {
        flags.put(Setting.HOST, value);

        assertThat(problems()).singleElement().asString().startsWith("--host: \"" + value + "\" is not an address");
    }

    @ParameterizedTest
    @CsvSource({"[::1],::1", "::,::", "gateway.example.com,gateway.example.com", "0.0.0.0,0.0.0.0"})
    void addresses_in_their_usual_forms_are_taken(String given, String expected) throws Exception {
        flags.put(Setting.OPS_HOST, given);

        assertThat(settings().opsHost()).isEqualTo(expected);
    }

    @Test
    void an_ill_formed_flag_is_wrong_usage_and_the_rest_is_wrong_configuration() {
        flags.put(Setting.GRACE, "-1s");
        assertThat(failure().exitCode()).isEqualTo(2);

        flags.put(Setting.GRACE, "1s");
        flags.put(Setting.ROUTES, "nowhere");
        assertThat(failure().exitCode()).isEqualTo(1);
    }

    private void properties(String text) throws IOException {
        Files.createDirectories(dir.resolve("config"));
        Files.writeString(dir.resolve("config/application.properties"), text);
    }

    private Resolved resolve() throws SettingsException {
        return SettingsResolver.resolve(new Sources(flags, environment, dir));
    }

    private Settings settings() throws SettingsException {
        return resolve().settings();
    }

    private SettingsException failure() {
        return catchThrowableOfType(SettingsException.class, this::resolve);
    }

    private List<String> problems() {
        return failure().problems().stream().map(Object::toString).toList();
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:oracle:thin:u/secret-pw@h, is not the URL of a database",
        "postgresql://u:secret-pw@h/d, is not the URL of a database",
        "jdbc:sqlite:, is empty"
    })
    void a_database_that_nobody_knows_is_told_without_its_url(String url, String message) {
        flags.put(Setting.DATABASE, url);

        assertThat(problems())
                .singleElement()
                .asString()
                .startsWith("--database: ")
                .contains(message)
                .doesNotContain("secret-pw");
    }

    @Test
    void the_file_of_a_database_is_relative_to_where_it_stands() throws Exception {
        properties("aiproxy.database=jdbc:sqlite:../data/aiproxy.db");

        assertThat(settings().database().orElseThrow().url())
                .isEqualTo("jdbc:sqlite:" + dir.resolve("data/aiproxy.db"));
    }

    @Test
    void a_user_of_no_database_is_a_mistake() {
        environment.put("AIPROXY_DATABASE_USER", "aiproxy");

        assertThat(problems()).singleElement().asString().contains("give --database (AIPROXY_DATABASE,");
    }
}
