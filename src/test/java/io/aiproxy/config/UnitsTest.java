package io.aiproxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {

    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "30, PT30S",
        "200ms, PT0.2S",
        "30s, PT30S",
        "5m, PT5M",
        "1h, PT1H",
        "7d, PT168H",
        "1.5s, PT1.5S",
        "0.0005s, PT0.0005S",
        "2 m, PT2M",
        "90S, PT1M30S",
        "36500d, PT876000H"
    })
    void durations(String text, Duration expected) {
        assertThat(Units.duration(text)).contains(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "4096, 4096",
        "1B, 1",
        "64MiB, 67108864",
        "10MB, 10000000",
        "1KiB, 1024",
        "1kb, 1000",
        "2GiB, 2147483648",
        "1.5 GiB, 1610612736",
        "1GB, 1000000000"
    })
    void sizes(String text, long expected) {
        assertThat(Units.size(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "s",
                "-1",
                "-1s",
                "1w",
                "1 h 30 m",
                "1h30m",
                "1e3",
                "NaN",
                "Infinity",
                "1,5s",
                "1.s",
                ".5s",
                "36501d",
                "999999999999999d",
                "99999999999999999999",
                "１s",
                "PT5S",
                " 5s",
                "5s ",
                "5  s"
            })
    void noDurations(String text) {
        assertThat(Units.duration(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "M", "64M", "64m", "-1", "1TiB", "0x10", "999999999999GiB", "1 KiB B", "ten"})
    void noSizes(String text) {
        assertThat(Units.size(text)).isEmpty();
    }

    @Test
    void everyAmountOfEveryUnitIsItself() {
        Random random = new Random(42);
        for (int i = 0; i < 2_000; i++) {
            int amount = random.nextInt(30_000);
            assertThat(Units.duration(amount + "ms")).contains(Duration.ofMillis(amount));
            assertThat(Units.duration(amount + "s")).contains(Duration.ofSeconds(amount));
            assertThat(Units.duration(amount + "m")).contains(Duration.ofMinutes(amount));
            assertThat(Units.duration(amount + "h")).contains(Duration.ofHours(amount));
            assertThat(Units.duration(amount + "d")).contains(Duration.ofDays(amount));
            assertThat(Units.duration(String.valueOf(amount))).isEqualTo(Units.duration(amount + "s"));
            assertThat(Units.size(amount + "KiB")).contains(amount * 1024L);
            assertThat(Units.size(amount + "mb")).contains(amount * 1_000_000L);
            assertThat(Units.size(String.format(Locale.ROOT, "%.3fKB", amount / 1000.0)))
                    .contains((long) amount);
        }
    }

    @Test
    void nonsenseIsRefusedAndNeverThrown() {
        Random random = new Random(43);
        String alphabet = "0123456789.-+ smhdMGKiBb";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(24); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            Units.duration(text.toString())
                    .ifPresent(d -> assertThat(d.isNegative()).isFalse());
            Units.size(text.toString()).ifPresent(s -> assertThat(s).isNotNegative());
        }
    }
}
