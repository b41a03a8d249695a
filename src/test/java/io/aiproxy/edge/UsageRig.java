package io.aiproxy.edge;

import static org.awaitility.Awaitility.await;

import io.aiproxy.core.Receipt;
import io.aiproxy.core.ReceiptSink;
import io.aiproxy.core.SocketWatch;
import io.aiproxy.core.Ticker;
import io.aiproxy.testing.FakeUpstream;
import io.aiproxy.testing.RawClient;
import io.aiproxy.wire.Books;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/** A gateway with one channel, whose receipts are the test's; they are kept for good when the test says so. */
final class UsageRig implements AutoCloseable {
    static final String CHAT = "/v1/chat/completions";
    static final String STREAMED =
            "{\"model\":\"gpt-4o\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
    static final String PLAIN = "{\"model\":\"gpt-4o\",\"max_tokens\":7,\"messages\":[]}";

    private final FakeUpstream upstream = FakeUpstream.start();
    private final List<Receipt> receipts = new CopyOnWriteArrayList<>();
    private final List<Runnable> waiting = new CopyOnWriteArrayList<>();
    private final EdgeRig rig;

    /**
     * @param channel more lines of the channel, in flow style: {@code ", key: value"}
     * @param user more lines of zhangsan, in flow style
     * @param system what stands under system, in flow style
     * @param first whether ends of answers wait for the books
     */
    UsageRig(Path directory, String channel, String user, String system, BooleanSupplier first) throws Exception {
        String channels = "channels:\n  alpha: {base_url: " + upstream.baseUrl()
                + ", api_key: sk_fake_alpha, retry: {max_retries: 0, backoff: 10ms}" + channel + "}\n";
        Books books = new Books(sink(), SocketWatch.NONE, first, Ticker.SYSTEM);
        String groups = "user_groups: {research: {}, interns: {}}\n";
        rig = new EdgeRig(directory, channels, user, new EdgeRig.More(groups, system, books));
    }

    static UsageRig of(Path directory, String channel) throws Exception {
        return new UsageRig(directory, channel, "", "{retry: {max_attempts: 3}}", () -> false);
    }

    private ReceiptSink sink() {
        return new ReceiptSink() {
            @Override
            public void accept(Receipt receipt) {
                receipts.add(receipt);
            }

            @Override
            public void accept(Receipt receipt, Runnable whenDurable) {
                receipts.add(receipt);
                waiting.add(whenDurable);
            }
        };
    }

    FakeUpstream upstream() {
        return upstream;
    }

    EdgeRig gateway() {
        return rig;
    }

    /** A POST of the usual caller. */
    RawClient post(String target, String body, String... fields) throws IOException {
        String[] all = List.of(fields).toArray(new String[fields.length + 1]);
        all[fields.length] = EdgeRig.AUTH;
        return rig.client().post(target, body, all);
    }

    /** The receipt of the only call. */
    Receipt receipt() {
        await("a receipt").until(() -> !receipts.isEmpty());
        return receipts.get(0);
    }

    List<Receipt> receipts() {
        return receipts;
    }

    /** Blocks until somebody waits for the books. */
    void awaitWaiting() {
        await("an answer that waits").until(() -> !waiting.isEmpty());
    }

    /** What was booked is kept for good. */
    void durable() {
        waiting.forEach(Runnable::run);
    }

    @Override
    public void close() throws Exception {
        rig.close();
        upstream.close();
    }
}
