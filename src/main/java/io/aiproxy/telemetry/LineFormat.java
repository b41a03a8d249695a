package io.aiproxy.telemetry;

import io.aiproxy.core.Receipt;

/** How one line of the access log looks. */
@FunctionalInterface
interface LineFormat {
    /** Appends the receipt's line with its line feed; at most {@link LineBound#of} bytes. Called on event loops. */
    void append(Receipt receipt, LineBytes to);
}
