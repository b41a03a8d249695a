package io.aiproxy.credentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.TokenConfig.ClientAuth;
import io.aiproxy.core.Secret;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.Gate;
import io.aiproxy.testing.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens over a restart. */
class TokenFilesTest {
    @TempDir
    Path directory;

    private final FakeUpstream endpoint = FakeUpstream.start();
    private final AtomicInteger issued = new AtomicInteger();
    private TokenKit kit;
    private ChannelConfig channel;

    @BeforeEach
    void open() {
        kit = new TokenKit(directory);
        channel = channel("main", "fake-secret");
        endpoint.onAny()
                .answer(request ->
                        Reply.json("{\"access_token\":\"fake-" + issued.incrementAndGet() + "\",\"expires_in\":3600}"));
    }

    @AfterEach
    void close() {
        kit.close();
        endpoint.close();
    }

    @Test
    void aRestartGoesOnWithTheTokenOfTheFile() {
        assertThat(fetchAndClose()).isEqualTo("fake-1");
        kit.clock.pass(Duration.ofMinutes(50));
        Tokens second = kit.open();
        assertThat(second.cached(channel, credential())).isNull();
        assertThat(TokenKit.get(second.fetch(channel, credential()))).isEqualTo("fake-1");
        assertThat(endpoint.requests()).hasSize(1);

        // It still knows when to renew it.
        kit.clock.pass(Duration.ofMinutes(5));
        second.cached(channel, credential());
        await().until(() -> Secret.of("fake-2").equals(second.cached(channel, credential())));
        second.close();
        assertThat(fetchAndClose()).isEqualTo("fake-2");
        assertThat(kit.warnings()).isEmpty();
    }

    @Test
    void nobodyElseMayReadIt() throws IOException {
        fetchAndClose();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(only())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(only().getParent())))
                .isEqualTo("rwx------");
        assertThat(only().getFileName().toString()).matches("corp-main-[0-9a-f]{32}\\.json");
        assertThat(Files.readString(only())).doesNotContain("fake-secret");
    }

    @Test
    void namesOfCredentialsAreNoPaths() throws IOException {
        channel = channel("../../张三/ " + "x".repeat(200), "fake-secret");
        fetchAndClose();
        assertThat(only().getFileName().toString())
                .matches("corp-\\.\\._\\.\\.____?_x{40,60}-[0-9a-f]{32}\\.json")
                .hasSizeLessThan(120);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "null",
                "{\"token\":\"fake-old\"}",
                "{\"token\":\"fake-old\",\"expires_at\":\"soon\"}",
                "{\"token\":\"fake-old\",\"expires_at\":9999999999999,\"file\":\"another.json\"}",
                "\u0000\u0001binary",
            })
    void aDamagedFileIsToldOnceAndReplaced(String content) throws IOException {
        fetchAndClose();
        Files.writeString(only(), content);
        assertThat(fetchAndClose()).isEqualTo("fake-2");
        assertThat(kit.warnings())
                .singleElement()
                .asString()
                .contains(only().toString(), "replaced")
                .doesNotContain("fake-old");
        assertThat(Files.readString(only())).contains("fake-2");
        assertThat(fetchAndClose()).isEqualTo("fake-2");
        assertThat(kit.warnings()).hasSize(1);
    }

    @Test
    void aHugeFileIsNotRead() throws IOException {
        fetchAndClose();
        Files.write(only(), new byte[2 << 20]);
        assertThat(fetchAndClose()).isEqualTo("fake-2");
        assertThat(kit.warnings()).singleElement().asString().contains("too large");
    }

    @Test
    void aFileFromTheFutureIsNotBelieved() throws IOException {
        fetchAndClose();
        Path file = only();
        String moved = Files.readString(file).replaceFirst("\"made_at\":1", "\"made_at\":3");
        Files.writeString(file, moved);
        assertThat(fetchAndClose()).isEqualTo("fake-2");
    }

    @Test
    void anExpiredFileIsNoCauseForAWarning() {
        fetchAndClose();
        kit.clock.pass(Duration.ofHours(1));
        assertThat(fetchAndClose()).isEqualTo("fake-2");
        assertThat(kit.warnings()).isEmpty();
    }

    @Test
    void anotherSecretDoesNotUseTheOldOnesFile() {
        fetchAndClose();
        channel = channel("main", "fake-other-secret");
        assertThat(fetchAndClose()).isEqualTo("fake-2");
    }

    @Test
    void aRefusedTokenIsNotFoundAgain() {
        fetchAndClose();
        Tokens tokens = kit.open();
        TokenKit.get(tokens.fetch(channel, credential()));
        tokens.refused(channel, credential(), Secret.of("fake-1"));
        tokens.close();
        assertThat(files()).isEmpty();
        assertThat(fetchAndClose()).isEqualTo("fake-2");
    }

    @Test
    void aTokenThatIsRefusedBeforeItIsReadIsNotGivenEither() {
        fetchAndClose();
        Tokens tokens = kit.open();
        String first = TokenKit.get(tokens.fetch(channel, credential()));
        assertThat(first).isEqualTo("fake-1");
        tokens.refused(channel, credential(), Secret.of(first));
        assertThat(TokenKit.get(tokens.fetch(channel, credential()))).isEqualTo("fake-2");
    }

    @Test
    void filesOfGoneCredentialsAreRemovedAndNoOthers() throws IOException {
        fetchAndClose();
        Path old = only();
        Files.writeString(old.resolveSibling(old.getFileName() + ".new"), "left by a crash");
        Path foreign = Files.writeString(old.resolveSibling("notes.json"), "mine");
        ChannelConfig next = channel("main", "fake-other-secret");
        Tokens tokens = kit.open();
        tokens.retain(TokenKit.snapshot(channel, next)); // a snapshot knows one channel of an id: the latter
        TokenKit.get(tokens.fetch(next, next.credentials().get(0)));
        tokens.close();
        assertThat(files())
                .hasSize(2)
                .contains(foreign)
                .doesNotContain(old, old.resolveSibling(old.getFileName() + ".new"));
    }

    @Test
    void aTokenThatArrivesAfterItsCredentialHasGoneIsNotKept() {
        Gate gate = Gate.closed();
        endpoint.onAny()
                .reply(Reply.status(200).await(gate).body("{\"access_token\":\"fake-late\",\"expires_in\":3600}"));
        Tokens tokens = kit.open();
        var late = tokens.fetch(channel, credential());
        gate.awaitReached();
        tokens.retain(TokenKit.snapshot());
        gate.open();
        assertThat(TokenKit.get(late)).isEqualTo("fake-late"); // whoever has asked gets it
        tokens.close();
        assertThat(files()).isEmpty();
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsToldOnceAndStopsNothing() throws IOException {
        Files.writeString(directory.resolve("tokens"), "a file in the way");
        Tokens tokens = kit.open();
        assertThat(TokenKit.get(tokens.fetch(channel, credential()))).isEqualTo("fake-1");
        ChannelConfig other = channel("second", "fake-secret");
        assertThat(TokenKit.get(tokens.fetch(other, other.credentials().get(0))))
                .isEqualTo("fake-2");
        tokens.close();
        assertThat(kit.warnings()).singleElement().asString().contains("cannot be kept over a restart");
    }

    private String fetchAndClose() {
        try (Tokens tokens = kit.open()) {
            return TokenKit.get(tokens.fetch(channel, credential()));
        }
    }

    private CredentialConfig credential() {
        return channel.credentials().get(0);
    }

    private Path only() {
        assertThat(files()).hasSize(1);
        return files().get(0);
    }

    private List<Path> files() {
        try (Stream<Path> files = Files.list(directory.resolve("tokens"))) {
            return files.toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    private ChannelConfig channel(String name, String secret) {
        return TokenKit.channel(
                "corp",
                TokenKit.client(endpoint.baseUrl() + "/token", ClientAuth.POST, TokenKit.TIMING),
                TokenKit.credential(name, "client_id", "id", "client_secret", secret, "tenant", "t"));
    }
}
