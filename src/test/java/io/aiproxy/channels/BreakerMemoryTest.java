package io.aiproxy.channels;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.aiproxy.config.HealthConfig;
import io.aiproxy.core.Ticker;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What calls leave behind in a breaker's window. */
class BreakerMemoryTest {
    private static final int CALLS = 200_000;

    private final Breaker breaker = new Breaker("a", HealthConfig.DEFAULT.breaker(), Ticker.SYSTEM);

    private void calls() {
        for (int i = 0; i < CALLS; i++) {
            breaker.succeeded(breaker.begin(), 1_000_000);
        }
    }

    @Test
    void aCallIsCountedInPlaceAndNotInANodeOfItsOwn() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        calls();
        long before = threads.getCurrentThreadAllocatedBytes();
        calls();
        assertThat((threads.getCurrentThreadAllocatedBytes() - before) / CALLS).isLessThan(100);
    }
}
