package io.aiproxy.behaviour;

import static org.awaitility.Awaitility.await;

import io.aiproxy.testing.GatewayRig;
import io.aiproxy.testing.RawClient;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Callers that call without a pause, each on a kept connection, and write down everything that is not a good answer. */
final class Load implements AutoCloseable {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong good = new AtomicLong();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private volatile boolean stopping;

    /** Starts so many callers; each says {@code Connection: close} now and then, so that new connections are made too. */
    static Load start(GatewayRig rig, int callers) {
        Load load = new Load();
        for (int i = 0; i < callers; i++) {
            load.threads.execute(() -> load.run(rig));
        }
        return load;
    }

    private void run(GatewayRig rig) {
        while (!stopping) {
            try (RawClient client = rig.client()) {
                for (int i = 0; i < 20 && !stopping; i++) {
                    client.post(Calls.CHAT, Calls.BODY, GatewayRig.AUTH, i == 19 ? "Connection: close" : "X-Load: 1");
                    Calls.Result result = Calls.read(client);
                    if (result.status() == 200 && result.text().equals(Calls.ANSWER)) {
                        good.incrementAndGet();
                    } else {
                        failures.add(result.head().text() + result.text());
                    }
                }
            } catch (IOException | RuntimeException e) {
                failures.add(e.toString());
            }
        }
    }

    /** Blocks until so many further calls have been answered. */
    void awaitMore(int calls) {
        long goal = good.get() + failures.size() + calls;
        await("load to go on").atMost(Duration.ofSeconds(30)).until(() -> good.get() + failures.size() >= goal);
    }

    /** Ends the load. */
    List<String> stop() {
        close();
        return failures;
    }

    @Override
    public void close() {
        stopping = true;
        threads.shutdown();
        try {
            if (!threads.awaitTermination(30, TimeUnit.SECONDS)) {
                failures.add("a caller is still waiting for its answer");
                threads.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
