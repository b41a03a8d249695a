package io.aiproxy.telemetry;

import io.aiproxy.core.FailureKind;
import io.aiproxy.core.Receipt;
import io.aiproxy.core.ReceiptSink;
import io.aiproxy.core.Ticker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells of callers who were not let in. Whoever tries keys by the thousand must not make thousands of events: of the same
 * client and code in the same ten minutes the first, the tenth, the hundredth … refusal is told, with their number.
 */
final class RefusalEvents implements ReceiptSink {
    private static final Duration WINDOW = Duration.ofMinutes(10);
    /** More clients than this in a window are told of one by one, without being counted. */
    private static final int MOST = 10_000;

    private static final Set<String> CODES = Set.of(
            FailureKind.INVALID_API_KEY.code(),
            FailureKind.KEY_EXPIRED.code(),
            FailureKind.KEY_DISABLED.code(),
            FailureKind.USER_DISABLED.code(),
            FailureKind.IP_NOT_ALLOWED.code());

    private final Telemetry telemetry;
    private final Ticker ticker;
    private final Map<Refused, Integer> counts = new ConcurrentHashMap<>();
    private volatile long windowEndsNanos;

    private record Refused(String client, String code) {}

    RefusalEvents(Telemetry telemetry, Ticker ticker) {
        this.telemetry = telemetry;
        this.ticker = ticker;
        this.windowEndsNanos = ticker.nanos() + WINDOW.toNanos();
    }

    @Override
    public void accept(Receipt receipt) {
        if (receipt.failure().isEmpty()
                || !CODES.contains(receipt.failure())
                || !telemetry.events().wanted(EventStream.SECURITY)) {
            return;
        }
        long now = ticker.nanos();
        if (now - windowEndsNanos >= 0 || counts.size() > MOST) {
            windowEndsNanos = now + WINDOW.toNanos();
            counts.clear();
        }
        int count = counts.merge(new Refused(receipt.client(), receipt.failure()), 1, Integer::sum);
        if (isPowerOfTen(count)) {
            telemetry.tell(EventStream.SECURITY, "caller.refused", () -> data(receipt, count));
        }
    }

    private static boolean isPowerOfTen(int count) {
        int rest = count;
        while (rest % 10 == 0) {
            rest /= 10;
        }
        return rest == 1;
    }

    private static Map<String, Object> data(Receipt receipt, int count) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("code", receipt.failure());
        data.put("client", receipt.client());
        data.put("user", receipt.userId());
        data.put("key", receipt.keyName());
        data.put("count", count);
        data.put("request", receipt.id());
        return data;
    }
}
