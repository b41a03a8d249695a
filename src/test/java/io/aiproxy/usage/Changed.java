package io.aiproxy.usage;

import io.aiproxy.core.Receipt;

/** Receipts that differ from others. */
final class Changed {
    private Changed() {}

    /** One of an operational page. */
    static Receipt uncounted(Receipt receipt) {
        return with(receipt, false, receipt.model());
    }

    /** One that asks for this model. */
    static Receipt named(Receipt receipt, String model) {
        return with(receipt, receipt.counted(), model);
    }

    private static Receipt with(Receipt of, boolean counted, String model) {
        return new Receipt(
                of.id(),
                of.startedMillis(),
                counted,
                of.userId(),
                of.keyName(),
                of.channel(),
                of.credential(),
                of.dialect(),
                of.operation(),
                model,
                of.method(),
                of.path(),
                of.status(),
                of.ending(),
                of.failure(),
                of.bytesIn(),
                of.bytesOut(),
                of.durationNanos(),
                of.firstByteNanos(),
                of.overheadNanos(),
                of.attempts(),
                of.client(),
                of.userAgent(),
                of.clientRetry(),
                of.configVersion(),
                of.socket(),
                of.usage(),
                of.source(),
                of.modelAnswered(),
                of.template(),
                of.groups(),
                of.tags(),
                of.transcript(),
                of.work());
    }
}
