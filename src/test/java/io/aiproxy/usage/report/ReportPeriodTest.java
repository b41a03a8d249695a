package io.aiproxy.usage.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.ReportConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Of which time a report is due. */
class ReportPeriodTest {
    private static ReportConfig config(ReportConfig.Every every) {
        return new ReportConfig(
                every,
                LocalTime.of(6, 0),
                List.of(ReportConfig.Format.CSV),
                "reports",
                3,
                ReportConfig.Lang.EN,
                Optional.empty());
    }

    private static String due(ReportConfig.Every every, String now, String zone) {
        return ReportPeriod.due(config(every), ZoneId.of(zone), Instant.parse(now))
                .map(period -> period.name() + " " + period.first() + " " + period.behind())
                .orElse("none");
    }

    @ParameterizedTest
    @CsvSource({
        "DAILY, 2026-11-20T21:59:59Z, daily-20261119 2026-11-19 2026-11-20",
        "DAILY, 2026-11-20T22:00:00Z, daily-20261120 2026-11-20 2026-11-21",
        "WEEKLY, 2026-11-22T21:59:59Z, weekly-20261109 2026-11-09 2026-11-16",
        "WEEKLY, 2026-11-22T22:00:00Z, weekly-20261116 2026-11-16 2026-11-23",
        "WEEKLY, 2026-11-25T00:00:00Z, weekly-20261116 2026-11-16 2026-11-23",
        "MONTHLY, 2026-11-30T21:59:59Z, monthly-202610 2026-10-01 2026-11-01",
        "MONTHLY, 2026-11-30T22:00:00Z, monthly-202611 2026-11-01 2026-12-01",
        "MONTHLY, 2027-01-15T00:00:00Z, monthly-202612 2026-12-01 2027-01-01",
        "NEVER, 2027-01-15T00:00:00Z, none"
    })
    void the_latest_that_has_ended(ReportConfig.Every every, String now, String period) {
        assertThat(due(every, now, "Asia/Shanghai")).isEqualTo(period);
    }

    @Test
    void a_day_with_daylight_saving_has_its_own_length() {
        ReportPeriod period = ReportPeriod.due(
                        config(ReportConfig.Every.DAILY),
                        ZoneId.of("Europe/Berlin"),
                        Instant.parse("2026-10-26T10:00:00Z"))
                .orElseThrow();
        assertThat(Duration.between(
                        period.statistics().from(), period.statistics().to()))
                .isEqualTo(Duration.ofHours(25));
    }
}
