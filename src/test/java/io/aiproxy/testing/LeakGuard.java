package io.aiproxy.testing;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Makes a test class fail when a Netty buffer was lost while it ran. Registered for all tests by
 * {@code META-INF/services} and {@code junit-platform.properties}. The detector itself only logs, and only when somebody
 * allocates after the garbage collector has found the lost buffer: so both are provoked at the end of every class.
 */
public final class LeakGuard implements BeforeAllCallback, AfterAllCallback {
    private static final List<String> LEAKS = new CopyOnWriteArrayList<>();
    private static final Listener LISTENER = new Listener();

    /** Hears what the detector logs. */
    private static final class Listener extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getFormattedMessage().contains("LEAK:")) {
                LEAKS.add(event.getFormattedMessage());
            }
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        listen();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (context.getParent()
                .map(ExtensionContext::getTestClass)
                .orElseThrow()
                .isEmpty()) {
            check(context.getDisplayName());
        }
    }

    /** Attaches to the detector's logger; once is enough, more does no harm. */
    static void listen() {
        Logger logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
        if (!logger.isAttached(LISTENER)) {
            LISTENER.setContext(logger.getLoggerContext());
            LISTENER.start();
            logger.addAppender(LISTENER);
        }
    }

    /** Fails if a buffer has been lost since the last check. */
    static void check(String where) {
        listen(); // a test may have reset the logging
        for (int i = 0; i < 3; i++) {
            collect();
            provoke();
        }
        List<String> found = List.copyOf(LEAKS);
        LEAKS.clear();
        if (!found.isEmpty()) {
            throw new AssertionError(
                    "Buffers were lost in " + where + " (or in a class before it):\n" + String.join("\n", found));
        }
    }

    /** Collects, and waits until the collector has handed over what it found: that happens on a thread of its own. */
    private static void collect() {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> sentinel = new WeakReference<>(new Object(), queue);
        System.gc();
        try {
            queue.remove(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Reference.reachabilityFence(sentinel);
    }

    /** Only a new allocation makes the detector look for lost ones. */
    private static void provoke() {
        for (int i = 0; i < 3; i++) {
            io.netty.buffer.PooledByteBufAllocator.DEFAULT.directBuffer(16).release();
            io.netty.buffer.UnpooledByteBufAllocator.DEFAULT.directBuffer(16).release();
        }
    }
}
