package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aiproxy.config.LimitConfig.Quantity;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitReaderTest {
    @TempDir
    private Path directory;

    private List<LimitConfig> limits(String lines) throws ConfigException {
        Configs.write(directory, Configs.USERS + lines.indent(4), Configs.CHANNELS);
        return Configs.load(directory).users().get("zhangsan").limits();
    }

    private static LimitConfig plain(Quantity quantity, long amount, Optional<LimitConfig.Window> window) {
        return new LimitConfig(quantity, amount, Optional.empty(), window, List.of(), false, LimitConfig.Outage.LOCAL);
    }

    private static Optional<LimitConfig.Window> sliding(Duration length) {
        return Optional.of(new LimitConfig.Sliding(length));
    }

    @Test
    void everyFormAndItsParts() throws ConfigException {
        assertThat(limits("""
                limits:
                  - {requests: 60, per: minute}
                  - {cost: 0.5, per: calendar-month, time_zone: Asia/Shanghai, soft: 0.4, shadow: true, outage: refuse}
                  - {tokens: 2_000_000, per: 30d, models: [gpt-*, qwen-max]}
                  - {concurrent: 10}
                """))
                .containsExactly(
                        plain(Quantity.REQUESTS, 60, sliding(Duration.ofMinutes(1))),
                        new LimitConfig(
                                Quantity.COST,
                                500_000,
                                Optional.of(400_000L),
                                Optional.of(new LimitConfig.Calendar(
                                        LimitConfig.Calendar.Unit.MONTH, ZoneId.of("Asia/Shanghai"))),
                                List.of(),
                                true,
                                LimitConfig.Outage.REFUSE),
                        new LimitConfig(
                                Quantity.TOKENS,
                                2_000_000,
                                Optional.empty(),
                                sliding(Duration.ofDays(30)),
                                List.of("gpt-*", "qwen-max"),
                                false,
                                LimitConfig.Outage.LOCAL),
                        plain(Quantity.CONCURRENT, 10, Optional.empty()));
    }

    @Test
    void shortForms() throws ConfigException {
        assertThat(limits("""
                rpm_limit: 60
                tpm_limit: 1000
                max_parallel_requests: 3
                max_budget: 12.5
                budget_duration: 1mo
                soft_budget: 10
                """))
                .containsExactly(
                        plain(Quantity.REQUESTS, 60, sliding(Duration.ofMinutes(1))),
                        plain(Quantity.TOKENS, 1000, sliding(Duration.ofMinutes(1))),
                        plain(Quantity.CONCURRENT, 3, Optional.empty()),
                        new LimitConfig(
                                Quantity.COST,
                                12_500_000,
                                Optional.of(10_000_000L),
                                Optional.of(new LimitConfig.Calendar(LimitConfig.Calendar.Unit.MONTH, ZoneOffset.UTC)),
                                List.of(),
                                false,
                                LimitConfig.Outage.LOCAL));
        assertThat(limits("max_budget: 1\nbudget_duration: 30h"))
                .containsExactly(plain(Quantity.COST, 1_000_000, sliding(Duration.ofHours(30))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits: [{per: minute}] | limits[0]: needs exactly one of requests",
                "limits: [{requests: 1, tokens: 1, per: minute}] | limits[0]: needs exactly one of requests",
                "limits: [{requests: 1}] | limits[0].per: is missing",
                "limits: [{concurrent: 1, per: day}] | limits[0].per: has no meaning for concurrent",
                "limits: [{requests: 1.5, per: day}] | limits[0].requests: \"1.5\" is not allowed",
                "limits: [{requests: -1, per: day}] | limits[0].requests: \"-1\" is not allowed",
                "limits: [{requests: 1, per: 10ms}] | limits[0].per: \"10ms\" is not allowed",
                "limits: [{requests: 1, per: day, time_zone: UTC}] | limits[0].time_zone: has a meaning with calendar-day",
                "limits: [{requests: 1, per: calendar-day, time_zone: Mars}] | limits[0].time_zone: \"Mars\" is no time zone",
                "rpm_limit: many | rpm_limit: \"many\" is not allowed",
                "max_budget: 5 | max_budget: needs budget_duration",
                "soft_budget: 5 | soft_budget: has a meaning beside max_budget only",
                "max_budget: 5\\nbudget_duration: 2mo | budget_duration: \"2mo\" is not allowed",
            })
    void mistakesAreToldWhereTheyStand(String line, String problem) {
        assertThatThrownBy(() -> limits(line.replace("\\n", "\n")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("users.zhangsan." + problem);
    }
}
