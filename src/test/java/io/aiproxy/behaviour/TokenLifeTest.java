package io.aiproxy.behaviour;

import static java.nio.file.attribute.PosixFilePermission.OWNER_READ;
import static java.nio.file.attribute.PosixFilePermission.OWNER_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.Gate;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** A token's life: fetched once, renewed before its end, kept over a restart, dropped when the channel refuses it. */
@NeedsGateway
class TokenLifeTest {
    private static final int CROWD = 100;
    private static final String FIRST = "Bearer " + TokenScene.TOKEN + "1";
    private static final String SECOND = "Bearer " + TokenScene.TOKEN + "2";

    @AutoClose
    private final TokenScene scene = new TokenScene();

    private GatewayRig start(String more) {
        return GatewayRig.start(scene.config(scene.clientCredentials(more), TokenScene.clients("a")));
    }

    private static Path file(GatewayRig rig) {
        await("the token's file").until(() -> !files(rig).isEmpty());
        assertThat(files(rig)).hasSize(1);
        return files(rig).get(0);
    }

    private static List<Path> files(GatewayRig rig) {
        Path tokens = rig.home().resolve("data/tokens");
        if (!Files.exists(tokens)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(tokens)) {
            return all.filter(file -> file.toString().endsWith(".json")).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCrowdOnAColdCacheCausesOneFetch() throws IOException {
        Gate gate = Gate.closed();
        scene.endpoint.onAny().answer(request -> Reply.status(200)
                .header("content-type", "application/json")
                .await(gate)
                .body("{\"access_token\":\"" + TokenScene.TOKEN + "1\",\"expires_in\":3600}"));
        List<RawClient> crowd = new ArrayList<>();
        try (GatewayRig rig = start("")) {
            for (int i = 0; i < CROWD; i++) {
                RawClient client = rig.client();
                crowd.add(client.post(Calls.CHAT, Calls.BODY, GatewayRig.AUTH));
            }
            scene.endpoint.awaitRequest(1);
            String all = "aiproxy_calls_in_flight{kind=\"http\"} " + CROWD + ".0";
            await("all to wait").until(() -> Calls.get(rig, "/metrics").text().contains(all));
            gate.open();
            for (RawClient client : crowd) {
                assertThat(Calls.read(client).status()).isEqualTo(200);
            }
            assertThat(scene.endpoint.requests()).hasSize(1);
            assertThat(scene.shown()).hasSize(CROWD).containsOnly(FIRST);
        } finally {
            crowd.forEach(RawClient::close);
        }
    }

    @Test
    void itIsRenewedBesideTheCallsBeforeItsEnd() throws IOException {
        Gate gate = Gate.closed();
        scene.endpoint
                .onAny()
                .reply(TokenScene.token(1, 6))
                .reply(Reply.status(200)
                        .header("content-type", "application/json")
                        .await(gate)
                        .body("{\"access_token\":\"" + TokenScene.TOKEN + "2\",\"expires_in\":3600}"));
        try (GatewayRig rig = start(", refresh_early: 3s")) {
            await("the renewal to begin").atMost(Duration.ofSeconds(20)).until(() -> {
                assertThat(Calls.chat(rig).status()).isEqualTo(200);
                return scene.endpoint.requests().size() == 2;
            });
            assertThat(scene.shown()).as("nobody has waited for the second").containsOnly(FIRST);
            gate.open();
            await("the second to be shown").until(() -> {
                assertThat(Calls.chat(rig).status()).isEqualTo(200);
                return scene.shown().contains(SECOND);
            });
            assertThat(scene.endpoint.requests()).hasSize(2);
        }
    }

    @Test
    void aRestartFindsItInItsFileWhichIsItsOwnersAlone() throws IOException {
        scene.issue(3600);
        try (GatewayRig rig = start("")) {
            Calls.chat(rig);
            Path file = file(rig);
            Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
            assertThat(rights).containsExactlyInAnyOrder(OWNER_READ, OWNER_WRITE);
            rig.stop();
            rig.boot();
            assertThat(Calls.chat(rig).status()).isEqualTo(200);
            assertThat(scene.endpoint.requests()).hasSize(1);
            assertThat(scene.shown()).containsExactly(FIRST, FIRST);
            scene.assertSilent(rig);
        }
    }

    @Test
    void aDamagedFileIsSaidAndNotBelieved() throws IOException {
        scene.issue(3600);
        try (GatewayRig rig = start("")) {
            Calls.chat(rig);
            Path file = file(rig);
            rig.stop();
            String kept = Files.readString(file);
            Files.writeString(file, kept.substring(0, kept.length() - 4));
            rig.boot();
            assertThat(Calls.chat(rig).status()).isEqualTo(200);
            assertThat(scene.shown()).containsExactly(FIRST, SECOND);
            assertThat(scene.log())
                    .filteredOn(line -> line.startsWith("WARN"))
                    .singleElement()
                    .asString()
                    .contains(file.getFileName().toString(), "it is ignored");
            await("the file to be replaced").until(() -> Files.readString(file).contains(TokenScene.TOKEN + "2"));
            scene.assertSilent(rig);
        }
    }

    @Test
    void aTokenThatTheChannelRefusesIsReplacedOnceAndTheCallerNoticesNothing() throws IOException {
        scene.issue(3600);
        try (GatewayRig rig = start("")) {
            Calls.chat(rig);
            file(rig);
            scene.upstream.expectCredential("Authorization", SECOND);
            Calls.Result result = Calls.chat(rig);
            assertThat(result.status()).as(result.text()).isEqualTo(200);
            assertThat(result.header("x-aiproxy-attempts")).isEqualTo("2");
            assertThat(scene.shown()).containsExactly(FIRST, FIRST, SECOND);
            assertThat(scene.endpoint.requests()).hasSize(2);
            assertThat(Calls.chat(rig).status()).isEqualTo(200);
            assertThat(scene.endpoint.requests()).hasSize(2);
            scene.assertSilent(rig, result);
            rig.stop();
            rig.boot();
            assertThat(Calls.chat(rig).status()).isEqualTo(200);
            assertThat(scene.endpoint.requests()).as("the file has the second").hasSize(2);
        }
    }

    @Test
    void aChannelThatRefusesFreshOnesTooHasTheLastWordAfterOneRefresh() throws IOException {
        scene.issue(3600);
        scene.upstream.expectCredential("Authorization", "Bearer never");
        try (GatewayRig rig = start("")) {
            Calls.Result result = Calls.chat(rig);
            result.isFailure(502, "upstream_credentials_exhausted");
            assertThat(scene.shown()).containsExactly(FIRST, SECOND);
            assertThat(scene.endpoint.requests()).hasSize(2);
            scene.assertSilent(rig, result);
        }
    }

    @Test
    void shortLivesAreRenewedInTimeAndNobodyIsRefused() throws IOException {
        scene.issue(2);
        try (GatewayRig rig = start("")) {
            await("a third token").atMost(Duration.ofSeconds(20)).until(() -> {
                assertThat(Calls.chat(rig).status()).isEqualTo(200);
                return scene.endpoint.requests().size() >= 3;
            });
        }
    }
}
