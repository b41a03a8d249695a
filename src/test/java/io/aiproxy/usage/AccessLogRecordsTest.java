package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.UsageSource;
import org.junit.jupiter.api.Test;

/** Lines of the access log become records as the accounting would have made them. */
class AccessLogRecordsTest {
    private final AccessLogRecords records = new AccessLogRecords(Pricing.NONE);

    /** One of them would make PostgreSQL refuse the batch that it is in. */
    @Test
    void textsOfCallersAreMadeFitForEveryDatabase() {
        UsageRecord record = records.record("""
                        {"time":"2026-11-21T10:00:00.000Z","id":"r","user":"u","model":"gpt-\\u0000\\u001b[31m","model_answered":"\\ud800x",\
                        "groups":["a\\u0001"],"tags":{"x-team":"b\\u0000"},"status":200,"usage":{"input_tokens":3}}""").orElseThrow();
        assertThat(record.modelAsked()).isEqualTo("gpt-\ufffd\ufffd[31m");
        assertThat(record.modelAnswered()).isEqualTo("\ufffdx");
        assertThat(record.groups()).containsExactly("a\ufffd");
        assertThat(record.tags()).containsEntry("x-team", "b\ufffd");
        assertThat(record.source()).isEqualTo(UsageSource.PROVIDER);
    }
}
