package io.aiproxy.app;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** The end of threads that may be at work. */
final class Finish {
    private Finish() {}

    /** Takes nothing new, lets what is being done end, for so long at most, and then interrupts it. Blocks. */
    static void within(ExecutorService threads, long seconds) {
        threads.shutdown();
        try {
            if (threads.awaitTermination(seconds, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
    }
}
