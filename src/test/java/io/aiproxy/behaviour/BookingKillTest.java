package io.aiproxy.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.NeedsGateway;
import io.aiproxy.testing.RawClient;
import io.aiproxy.testing.Reply;
import io.aiproxy.testing.RigConfig;
import io.aiproxy.usage.Records;
import io.aiproxy.usage.UsageRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A gateway that is killed at any moment has lost nothing but what ended within the loss window, and has nothing twice. Kills
 * five times; {@code -Daiproxy.kills=100} for more.
 */
@NeedsGateway
class BookingKillTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LOSS_WINDOW = Duration.ofSeconds(1);
    private static final int KILLS = Integer.getInteger("aiproxy.kills", 5);
    private static final int CALLERS = 4;
    private static final Pattern LISTENS = Pattern.compile(KilledGateway.LISTENS + "(\\d+)");

    @AutoClose
    private final FakeUpstream upstream = FakeUpstream.start();

    /** An answer that a caller has read to its end. */
    private record Answered(String id, long nanos) {}

    private final ConcurrentLinkedQueue<Answered> answered = new ConcurrentLinkedQueue<>();

    private static Process start(Path home, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1", // starts sooner
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledGateway.class.getName(),
                        home.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }

    private static int port(Process process, Path output) throws IOException {
        await("the gateway to listen")
                .atMost(PATIENCE)
                .until(() -> !process.isAlive()
                        || LISTENS.matcher(Files.readString(output)).find());
        Matcher said = LISTENS.matcher(Files.readString(output));
        assertThat(said.find()).as(Files.readString(output)).isTrue();
        return Integer.parseInt(said.group(1));
    }

    /** Calls until the gateway is gone. */
    private void call(int port) {
        try (RawClient client = RawClient.connect(port)) {
            while (true) {
                client.post(Calls.CHAT, Calls.BODY, GatewayRig.AUTH);
                Calls.Result result = Calls.read(client);
                answered.add(new Answered(result.header("x-aiproxy-request-id"), System.nanoTime()));
            }
        } catch (IOException | RuntimeException gone) {
            // that is what this test is about
        }
    }

    /** Whether the first answer is older than that. */
    private boolean lasted(Duration time) {
        Answered first = answered.peek();
        return first != null && System.nanoTime() - first.nanos > time.toNanos();
    }

    private long killUnderLoad(Path home, Path output, int calls) throws Exception {
        Process process = start(home, output);
        try {
            int port = port(process, output);
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                Thread caller = new Thread(() -> call(port), "caller-" + i);
                caller.start();
                callers.add(caller);
            }
            await("calls").atMost(PATIENCE).until(() -> answered.size() >= calls && lasted(LOSS_WINDOW));
            long killed = System.nanoTime();
            process.destroyForcibly();
            assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            for (Thread caller : callers) {
                caller.join(PATIENCE.toMillis());
            }
            return killed;
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES) // each life is the start of a whole gateway
    void nothingIsLostThatEndedBeforeTheLossWindowAndNothingIsThereTwice() throws Exception {
        upstream.onAny().reply(Reply.json("{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}"));
        Random random = new Random();
        RigConfig config = RigConfig.empty()
                .channel("alpha", upstream)
                .user("zhangsan", GatewayRig.KEY, "alpha")
                .system("usage: {loss_window: " + LOSS_WINDOW.toSeconds() + "s}");
        try (GatewayRig rig = GatewayRig.prepare(config, settings -> settings)) {
            Set<String> due = new HashSet<>();
            for (int kill = 0; kill < KILLS; kill++) {
                Path output = rig.home().resolve("output-" + kill + ".txt");
                long killed = killUnderLoad(rig.home(), output, 1 + random.nextInt(1000));
                answered.stream()
                        .filter(call -> killed - call.nanos > LOSS_WINDOW.toNanos())
                        .forEach(call -> due.add(call.id));
                answered.clear();
                List<String> booked = Records.journaled(rig.home().resolve("data/journal")).stream()
                        .map(UsageRecord::id)
                        .toList();
                assertThat(booked).as("after kill %d", kill).doesNotHaveDuplicates();
                assertThat(new HashSet<>(booked)).as("after kill %d", kill).containsAll(due);
            }
            assertThat(due).isNotEmpty();
        }
    }
}
