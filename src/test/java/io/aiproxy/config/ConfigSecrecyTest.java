package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** However a file is broken, what is told about it contains no secret, and no piece of one that is worth anything. */
class ConfigSecrecyTest {
    private static final int WORTH = 8;
    private static final List<String> SECRETS = List.of(
            "qz7jxw2kvq9zfh4x",
            "zx3vqk8jwp1qzr6h",
            "jq5zkx9wvz2fqh7p",
            "wv8qzj4xkq1zph3f",
            "kz6wqx2jvf9qzh5r",
            "qv4xzj8wkq2zhp7t",
            "xk3zqw9vjq5fzh8m",
            "fw9zkq3xvj6hqz2t");
    /** What is as good as a secret. */
    private static final List<String> PIECES = SECRETS.stream()
            .flatMap(secret ->
                    IntStream.rangeClosed(0, secret.length() - WORTH).mapToObj(at -> secret.substring(at, at + WORTH)))
            .toList();

    private static final String USERS = String.join(
            "\n",
            "users:",
            "  zhangsan:",
            "    name: 张三",
            "    channels: [bailian, openai]",
            "    proxy_key: " + SECRETS.get(0),
            "  lisi: {channels: [openai], keys: [{proxy_key: " + SECRETS.get(1) + ", name: laptop,"
                    + " previous: {proxy_key: " + SECRETS.get(7) + ", until: 2027-01-31}}]}",
            "");
    private static final String CHANNELS = String.join(
            "\n",
            "channels:",
            "  bailian:",
            "    base_url: https://dashscope.example",
            "    api_key: " + SECRETS.get(2),
            "  openai: {base_url: \"https://a.example\", api_key: \"" + SECRETS.get(3) + "\"}",
            "  proxied:",
            "    base_url: https://a.example",
            "    auth: none",
            "    egress_proxy: http://user:" + SECRETS.get(4) + "@proxy.example:3128",
            "");
    private static final String TOKENS = String.join(
            "\n",
            "channels:",
            "  flow:",
            "    base_url: http://a",
            "    token: {preset: flow}",
            "    credentials: [{clientId: a, clientSecret: " + SECRETS.get(5) + ", tenant: t}]",
            "  corp:",
            "    base_url: http://a",
            "    token: {kind: login, url: http://a, body: {p: \"{pass}\"}, token: /t}",
            "    credentials:",
            "      - pass: " + SECRETS.get(6),
            "");
    private static final List<String> INSERTIONS = List.of(
            ":", ": ", "{", "}", "[", "]", "\"", "'", "*", "&", "!", "|", ">", "#", " #", "\t", "- ", ",", "? ", "%",
            "@", "\n", " ", "\n  ", "$", "${", "\\", "\u0007", "--- ", "é");

    @TempDir
    Path directory;

    @Test
    void theUnbrokenFilesAreGood() throws Exception {
        Configs.write(directory, USERS, CHANNELS);

        assertThat(Configs.load(directory).toString()).doesNotContain(SECRETS);

        Configs.write(directory, "users: {}\n", TOKENS);
        assertThat(Configs.load(directory).toString()).doesNotContain(SECRETS);
    }

    @Test
    void noInsertionAnywhereMakesTheLoaderTellASecret() {
        int broken = everywhere(USERS, at -> insertions(USERS, at).mapToInt(users -> check(users, CHANNELS)))
                + everywhere(CHANNELS, at -> insertions(CHANNELS, at).mapToInt(channels -> check(USERS, channels)));
        assertThat(broken).isGreaterThan(5_000);
    }

    @Test
    void nothingThatIsDoneToTheFieldsOfATokenMakesTheLoaderTellOne() {
        int broken = everywhere(TOKENS, at -> Stream.concat(insertions(TOKENS, at), deletions(TOKENS, at))
                .mapToInt(channels -> check("users: {}\n", channels)));
        assertThat(broken).isGreaterThan(2_000);
    }

    @Test
    void noDeletionAnywhereMakesTheLoaderTellASecret() {
        int broken = everywhere(USERS, at -> deletions(USERS, at).mapToInt(users -> check(users, CHANNELS)))
                + everywhere(CHANNELS, at -> deletions(CHANNELS, at).mapToInt(channels -> check(USERS, channels)));
        assertThat(broken).isGreaterThan(200);
    }

    @Test
    void warningsTellNoSecretEither() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger(ConfigReader.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            Configs.write(
                    directory,
                    "users: {}\n",
                    "channels:\n  a: {base_url: 'https://a.example', api_key: YOUR_KEY_HERE, tls: {verify: no}}\n");
            Configs.load(directory);
        } finally {
            logger.detachAppender(log);
        }

        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .hasSize(2)
                .anyMatch(line -> line.startsWith("channel a: tls.verify is false"))
                .anyMatch(line -> line.startsWith("channels.a.api_key is still the template's"))
                .noneMatch(line -> line.contains("YOUR_KEY_HERE"));
    }

    /** The sum over all places of a text, of which each core takes its part. */
    private static int everywhere(String text, IntFunction<IntStream> checks) {
        return IntStream.range(0, text.length()).parallel().flatMap(checks).sum();
    }

    private static Stream<String> insertions(String text, int at) {
        return INSERTIONS.stream().map(insertion -> text.substring(0, at) + insertion + text.substring(at));
    }

    private static Stream<String> deletions(String text, int at) {
        return IntStream.rangeClosed(1, Math.min(3, text.length() - at))
                .mapToObj(length -> text.substring(0, at) + text.substring(at + length));
    }

    /** 1 if the loader had something to tell. The texts are read as those of files are, but from memory. */
    private int check(String users, String channels) {
        Map<String, String> documents = Map.of("users.yaml", users, "channels.yaml", channels);
        try {
            ConfigLoader.load(directory, documents, name -> null, 1, Configs.NOW);
            return 0;
        } catch (ConfigException e) {
            String told = e.getMessage() + e.problems() + e.getCause();
            PIECES.stream().filter(told::contains).findFirst().ifPresent(piece -> {
                throw new AssertionError("\"" + piece + "\" is told about users.yaml:\n" + users
                        + "\nand channels.yaml:\n" + channels + "\n" + told);
            });
            return 1;
        }
    }
}
