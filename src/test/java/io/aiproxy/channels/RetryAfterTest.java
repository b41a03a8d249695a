package io.aiproxy.channels;

import static io.aiproxy.channels.Samples.headers;
import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.core.Headers;
import io.aiproxy.core.RetryAfter;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
    private static final long NOW = Instant.parse("2026-11-21T02:00:00Z").toEpochMilli();

    @ParameterizedTest
    @CsvSource({
        "retry-after-ms, 50, 50",
        "retry-after-ms, 0, 0",
        "Retry-After-Ms, 1500.5, 1500",
        "x-ms-retry-after-ms, 250, 250",
        "Retry-After, 1, 1000",
        "retry-after, ' 2 ', 2000",
        "retry-after, 0.25, 250",
        "retry-after, 120, 120000",
        "retry-after, 'Sat, 21 Nov 2026 02:00:05 GMT', 5000",
        "retry-after, 'Sat, 21 Nov 2026 01:59:00 GMT', 0",
        "retry-after, 99999999999999999999, 86400000",
        "retry-after, 'Sun, 21 Nov 9999 02:00:05 GMT', 86400000",
    })
    void says(String name, String value, long millis) {
        long nanos = RetryAfter.nanos(headers(name, value), NOW);
        assertThat(TimeUnit.NANOSECONDS.toMillis(nanos)).isEqualTo(millis);
        assertThat(nanos).isNotNegative();
    }

    @ParameterizedTest
    @CsvSource({
        "accept, x",
        "retry-after, ''",
        "retry-after, soon",
        "retry-after, -1",
        "retry-after, 1e9",
        "retry-after, NaN",
        "retry-after, .",
        "retry-after, 1.2.3",
        "retry-after, 'Sat, 45 Nov 2026 02:00:05 GMT'",
        "retry-after, 999999999999999999999999999999999999",
        "retry-after-ms, soon",
    })
    void saysNothing(String name, String value) {
        assertThat(RetryAfter.nanos(headers(name, value), NOW)).isEqualTo(RetryAfter.UNKNOWN);
    }

    @Test
    void theFinestWord() {
        Headers all = headers("retry-after", "9", "x-ms-retry-after-ms", "700", "retry-after-ms", "50");
        assertThat(RetryAfter.nanos(all, NOW)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(50));
        Headers bad = headers("retry-after", "9", "retry-after-ms", "soon");
        assertThat(RetryAfter.nanos(bad, NOW)).isEqualTo(TimeUnit.SECONDS.toNanos(9));
    }

    @ParameterizedTest
    @CsvSource({"false, false", "FALSE, false", "' false ', false", "true, true", "'', true", "0, true"})
    void aChannelMayForbidAnotherTry(String value, boolean mayRepeat) {
        Outcome.Response response = (Outcome.Response) Outcome.response(500, headers("x-should-retry", value), NOW, "");
        assertThat(response.mayRepeat()).isEqualTo(mayRepeat);
    }

    @Test
    void theHeadersOfAGoodAnswerAreNotRead() {
        Outcome.Response response = (Outcome.Response)
                Outcome.response(200, headers("x-should-retry", "false", "retry-after", "1"), NOW, "ignored");
        assertThat(response).isEqualTo(new Outcome.Response(200, RetryAfter.UNKNOWN, true, ""));
    }
}
