package io.aiproxy.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Ticker;
import io.aiproxy.dialects.DeferredUse.Work;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work that goes on over a restart is known after it: its model, and that it was told. */
class DeferredWorkTest {
    @TempDir
    private Path data;

    @Test
    void whatIsKnownOutlastsARestart() {
        try (DeferredWork before = DeferredWork.open(data, Ticker.SYSTEM)) {
            before.put("alpha/t-1", new Work("wan-2", false));
            before.put("alpha/t-2", new Work("万相\t2", true));
            before.put("alpha/t-3", new Work("", true));
        }
        try (DeferredWork after = DeferredWork.open(data, Ticker.SYSTEM)) {
            assertThat(after.find("alpha/t-1")).contains(new Work("wan-2", false));
            assertThat(after.find("alpha/t-2")).contains(new Work("万相\t2", true));
            assertThat(after.find("alpha/t-3")).contains(new Work("", true));
            assertThat(after.find("beta/t-1")).isEmpty();
            after.put("alpha/t-1", new Work("wan-2", true));
        }
        try (DeferredWork last = DeferredWork.open(data, Ticker.SYSTEM)) {
            assertThat(last.find("alpha/t-1")).contains(new Work("wan-2", true));
        }
    }
}
