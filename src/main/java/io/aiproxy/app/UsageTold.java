package io.aiproxy.app;

import io.aiproxy.core.Receipt;
import io.aiproxy.core.UsageSource;
import io.aiproxy.limits.Limits;
import io.aiproxy.limits.Metering;
import io.aiproxy.telemetry.Event;
import io.aiproxy.telemetry.EventBus;
import io.aiproxy.telemetry.EventStream;
import io.aiproxy.telemetry.Telemetry;
import io.aiproxy.telemetry.Used;
import io.aiproxy.usage.AccountingWatch;
import io.aiproxy.usage.RecordJson;
import io.aiproxy.usage.RecordSink;
import io.aiproxy.usage.UsageRecord;
import java.util.List;
import java.util.Map;

/** Takes what the accounting finds out to those who want to know: limits, meters, events. On the accounting thread. */
final class UsageTold implements AccountingWatch, RecordSink {
    private final Telemetry telemetry;
    private final Limits limits;

    UsageTold(Telemetry telemetry, Limits limits) {
        this.telemetry = telemetry;
        this.limits = limits;
    }

    @Override
    public void settled(Receipt receipt, UsageRecord record) {
        String currency = record.priced() ? record.currency() : "";
        telemetry.used(new Used(record.channel(), record.usage(), record.source(), record.cost(), currency));
        if (record.source() == UsageSource.ESTIMATED) {
            limits.corrected(receipt.id(), Metering.Use.of(record.usage(), record.cost()));
        }
    }

    @Override
    public boolean wanted() {
        return telemetry.events().wanted(EventStream.USAGE);
    }

    @Override
    public void booked(List<UsageRecord> records) {
        EventBus bus = telemetry.events();
        if (!bus.wanted(EventStream.USAGE)) {
            return;
        }
        for (UsageRecord record : records) {
            bus.publish(new Event(
                    EventStream.USAGE, "usage.record", record.id(), record.endedMillis(), RecordJson.bytes(record)));
        }
    }

    @Override
    public void lost(long calls, String why) {
        telemetry.tell(EventStream.ALERT, "usage.lost", () -> Map.of("calls", calls, "reason", why));
    }

    @Override
    public void refused(long records, String why) {
        telemetry.tell(EventStream.ALERT, "usage.refused", () -> Map.of("calls", records, "reason", why));
    }

    @Override
    public void troubled(String part, String text) {
        telemetry.tell(EventStream.ALERT, part + ".trouble", () -> Map.of("reason", text));
    }

    @Override
    public void recovered(String part) {
        telemetry.tell(EventStream.ALERT, part + ".recovered", () -> Map.of("reason", "it works again"));
    }
}
