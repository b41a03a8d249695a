package io.aiproxy.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.aiproxy.config.ConfigException;
import io.aiproxy.config.ConfigLoader;
import io.aiproxy.config.PriceConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.core.Usage;
import io.aiproxy.usage.Pricing.Price;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which entry counts, and what comes out of it: to the billionth. */
class PricesTest {
    private static final long NOW = Instant.parse("2026-06-01T00:00:00Z").toEpochMilli();
    private static final String CHANNELS = """
            channels:
              one: {base_url: "https://a.example", auth: none, models: ["gpt-*", smart], model_aliases: {smart: gpt-4o}}
              two: {base_url: "https://b.example", auth: none}
              off: {base_url: "https://c.example", auth: none, status: disabled}
            """;

    @TempDir
    Path directory;

    private Prices prices(String prices, String money) {
        try {
            Snapshot snapshot = ConfigLoader.load(
                    directory,
                    Map.of(
                            "users.yaml",
                            "users: {}",
                            "channels.yaml",
                            CHANNELS,
                            "system.yaml",
                            "system:\n  money: " + money,
                            "prices.yaml",
                            "prices:\n" + prices.indent(2)),
                    name -> null,
                    1,
                    Instant.EPOCH);
            assertThat(snapshot.prices().leftOut()).isEmpty();
            return Prices.of(snapshot);
        } catch (ConfigException e) {
            throw new AssertionError(e);
        }
    }

    private Prices prices(String prices) {
        return prices(prices, "{currency: USD}");
    }

    private static Usage tokens(long input, long output) {
        return new Usage(input, output, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private static Pricing.Sale sale(String channel, String asked, String answered, Usage usage) {
        return new Pricing.Sale(channel, asked, answered, usage, NOW);
    }

    private static long cost(Prices prices, Usage usage) {
        Price price = prices.of(sale("two", "m", "", usage));
        assertThat(price.known()).isTrue();
        return price.amount();
    }

    private static String entry(Prices prices, String channel, String model, String at) {
        return prices.entry(channel, model, Instant.parse(at).toEpochMilli())
                .map(PriceConfig::id)
                .orElse("none");
    }

    @Test
    void amountsAreExact() {
        Prices prices = prices("p: {model: m, input: 2.50, output: 10}");

        assertThat(cost(prices, tokens(1_000_000, 0))).isEqualTo(2_500_000_000L);
        assertThat(cost(prices, tokens(3, 7))).isEqualTo(3 * 2_500 + 7 * 10_000);
        assertThat(prices.of(sale("two", "m", "", tokens(1, 1))).currency()).isEqualTo("USD");
        assertThat(cost(prices("p: {model: m, per: 1K, input: 0.0008}"), tokens(5, 5)))
                .isEqualTo(4_000);
        assertThat(cost(prices("p: {model: m, per: 1, input: 1.5e-07}"), tokens(1, 0)))
                .isEqualTo(150);
    }

    @Test
    void everyTokenIsPaidForOnce() {
        Prices prices = prices("p: {model: m, input: 1, cached_input: 0.1, cache_write: 1.25, audio_input: 10,"
                + " image_input: 2, output: 4, reasoning: 5, audio_output: 20}");
        Usage usage = new Usage(1_000, 500, 200, 100, 50, 30, 20, 10, 0, 0, 0, 0, 0, 0);

        assertThat(cost(prices, usage))
                .isEqualTo(1_000L * (1_000 - 340)
                        + 100L * 200
                        + 1_250L * 100
                        + 10_000L * 30
                        + 2_000L * 10
                        + 4_000L * (500 - 70)
                        + 5_000L * 50
                        + 20_000L * 20);
    }

    @Test
    void cachedSoundIsPaidForAsSuchAndAnHourInACacheCostsMore() {
        Usage usage = new Usage(1_000, 0, 500, 100, 0, 400, 0, 50, 0, 0, 0, 60, 300, 20);

        assertThat(cost(
                        prices("p: {model: m, input: 4, cached_input: 0.4, cached_audio_input: 0.3, audio_input: 32,"
                                + " image_input: 5, cache_write: 5, cache_write_hour: 8}"),
                        usage))
                .isEqualTo(400L * 200 // text and pictures from the cache
                        + 300L * 300
                        + 32_000L * (400 - 300)
                        + 5_000L * (50 - 20)
                        + 5_000L * 40
                        + 8_000L * 60
                        + 4_000L * (1_000 - 500 - 100 - 100 - 30));
        assertThat(cost(prices("p: {model: m, input: 4, cached_input: 0.4, audio_input: 32, cache_write: 5}"), usage))
                .isEqualTo(400L * 500 + 5_000L * 100 + 32_000L * 100 + 4_000L * 300);
    }

    @Test
    void whatHasNoPriceOfItsOwnIsPaidAsTheWholeOfWhichItIsPart() {
        Prices prices = prices("p: {model: m, input: 1, output: 4}");
        Usage usage = new Usage(1_000, 500, 200, 100, 50, 30, 20, 10, 0, 0, 0, 0, 0, 0);

        assertThat(cost(prices, usage)).isEqualTo(1_000L * 1_000 + 4_000L * 500);
    }

    @Test
    void partsThatAreMoreThanTheirTotalAreNotPaidForBeyondIt() {
        Prices prices =
                prices("p: {model: m, input: 1, cached_input: 0.1, cache_write: 1.25, output: 4, reasoning: 5}");

        assertThat(cost(prices, new Usage(100, 10, 80, 50, 99, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
                .isEqualTo(80 * 100 + 20 * 1_250 + 10 * 5_000);
        assertThat(cost(prices, new Usage(-5, -5, -5, 7, -1, 0, 0, 0, -1, -1, -1, 0, 0, 0)))
                .isZero();
    }

    @Test
    void thingsThatAreNoTokensHavePricesEach() {
        Prices prices = prices("p: {model: m, image: 0.04, request: 0.01, second: 0.0001, character: 0.000015}");

        assertThat(cost(prices, new Usage(9, 9, 0, 0, 0, 0, 0, 0, 1_000, 60, 2, 0, 0, 0)))
                .isEqualTo(15_000_000 + 6_000_000 + 80_000_000 + 10_000_000);
    }

    @Test
    void aTierHoldsForAllOfTheCall() {
        Prices prices = prices("p: {model: m, input: 1, cached_input: 0.5, output: 4, tiers: ["
                + "{above: 100, input: 2}, {above: 1000, input: 3, output: 9}]}");

        assertThat(cost(prices, tokens(100, 10))).isEqualTo(100 * 1_000 + 10 * 4_000);
        assertThat(cost(prices, tokens(101, 10))).isEqualTo(101 * 2_000 + 10 * 4_000);
        assertThat(cost(prices, new Usage(1_001, 10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
                .isEqualTo(1_000 * 3_000 + 500 + 10 * 9_000);
    }

    @Test
    void anotherCurrencyIsConvertedExactlyAndTheSumIsRoundedHalfToEven() {
        Prices prices = prices("p: {model: m, currency: USD, input: 0.0005}", "{currency: CNY, rates: {USD: 7}}");

        assertThat(prices.of(sale("two", "m", "", tokens(1, 0)))).isEqualTo(new Price(4, "CNY", true)); // 3.5
        assertThat(cost(prices, tokens(3, 0))).isEqualTo(10); // 10.5
        assertThat(cost(prices, tokens(5, 0))).isEqualTo(18); // 17.5
        assertThat(cost(prices, tokens(2, 0))).isEqualTo(7);
    }

    @Test
    void anyNumbersGiveWhatTheyGiveOnPaper() {
        Random random = new Random(4711);
        for (int round = 0; round < 200; round++) {
            BigDecimal input = decimal(random);
            BigDecimal output = decimal(random);
            BigDecimal rate = decimal(random).add(BigDecimal.ONE);
            Prices prices = prices(
                    "p: {model: m, currency: EUR, input: " + input.toPlainString() + ", output: "
                            + output.toPlainString() + "}",
                    "{currency: USD, rates: {EUR: " + rate.toPlainString() + "}}");
            Usage usage = tokens(random.nextInt(1 << random.nextInt(31)), random.nextLong(1L << random.nextInt(50)));
            BigDecimal paper = input.multiply(BigDecimal.valueOf(usage.inputTokens()))
                    .add(output.multiply(BigDecimal.valueOf(usage.outputTokens())))
                    .multiply(rate)
                    .scaleByPowerOfTen(3)
                    .setScale(0, RoundingMode.HALF_EVEN)
                    .min(BigDecimal.valueOf(UnitPrices.MOST));

            assertThat(cost(prices, usage)).isEqualTo(paper.longValueExact());
        }
    }

    /** Of any size, but of few enough digits, the rate's one more included. */
    private static BigDecimal decimal(Random random) {
        return BigDecimal.valueOf(random.nextLong(10_000_000), random.nextInt(9));
    }

    @Test
    void numbersThatNobodyCanHaveUsedAreBounded() {
        Prices prices = prices("p: {model: m, input: 1000000000, output: 1000000000}");
        Usage absurd = tokens(Long.MAX_VALUE, Long.MAX_VALUE);

        assertThat(cost(prices, absurd)).isEqualTo(UnitPrices.MOST);
    }

    @Test
    void whatSaysMostCounts() {
        Prices prices = prices("""
                any: {model: "*", input: 1}
                gpt: {model: "gpt-*", input: 1}
                gpt-4: {model: "gpt-4*", input: 1}
                exact: {model: gpt-4o, input: 1}
                at-any-t: {model: "gpt-4*", channel: "t*", input: 1}
                at-two: {model: "*", channel: two, input: 1}
                at-two-gpt: {model: "gpt-*", channel: two, input: 1}
                """);
        String at = "2026-01-01T00:00:00Z";

        assertThat(entry(prices, "one", "qwen", at)).isEqualTo("any");
        assertThat(entry(prices, "one", "gpt-5", at)).isEqualTo("gpt");
        assertThat(entry(prices, "one", "gpt-4-mini", at)).isEqualTo("gpt-4");
        assertThat(entry(prices, "one", "gpt-4o", at)).isEqualTo("exact");
        assertThat(entry(prices, "three", "gpt-4o", at)).isEqualTo("at-any-t");
        assertThat(entry(prices, "two", "gpt-4o", at)).isEqualTo("at-two-gpt");
        assertThat(entry(prices, "two", "qwen", at)).isEqualTo("at-two");
    }

    @Test
    void ofEqualsTheLatestThatHasBegunCounts() {
        Prices prices = prices("""
                later: {model: m, valid_from: 2026-07-01, input: 3}
                always: {model: m, input: 1}
                sooner: {model: m, valid_from: 2026-03-01T08:00:00+08:00, input: 2}
                only-later: {model: n, valid_from: 2026-07-01, input: 3}
                """);

        assertThat(entry(prices, "two", "m", "2026-02-28T23:59:59.999Z")).isEqualTo("always");
        assertThat(entry(prices, "two", "m", "2026-03-01T00:00:00Z")).isEqualTo("sooner");
        assertThat(entry(prices, "two", "m", "2026-06-30T23:59:59.999Z")).isEqualTo("sooner");
        assertThat(entry(prices, "two", "m", "2026-07-01T00:00:00Z")).isEqualTo("later");
        assertThat(entry(prices, "two", "n", "2026-06-30T00:00:00Z")).isEqualTo("none");
    }

    @Test
    void theModelThatAnsweredComesFirst() {
        Prices prices = prices("""
                any: {model: "*", input: 1}
                mini: {model: "gpt-4o-mini*", input: 2}
                full: {model: gpt-4o, input: 3}
                free: {model: "*", channel: two, input: 0}
                """);
        Usage one = tokens(1_000, 0);

        assertThat(prices.of(sale("one", "gpt-4o", "gpt-4o-mini-2026", one)).amount())
                .isEqualTo(2_000_000);
        assertThat(prices.of(sale("one", "gpt-4o", "another-name", one)).amount())
                .as("the name asked for says more than an entry for any model")
                .isEqualTo(3_000_000);
        assertThat(prices.of(sale("one", "smart", "", one)).amount())
                .as("the channel's name for it")
                .isEqualTo(3_000_000);
        assertThat(prices.of(sale("one", "unheard", "of", one)).amount()).isEqualTo(1_000_000);
        assertThat(prices.of(sale("two", "gpt-4o", "gpt-4o", one)).amount())
                .as("a channel's own entry")
                .isZero();
    }

    @Test
    void beforeAChannelIsChosenTheDearestCounts() {
        Prices prices = prices("""
                at-one: {model: "gpt-4o", channel: one, input: 5}
                at-two: {model: "gpt-4o", channel: two, input: 2}
                off: {model: "*", channel: "off", input: 100}
                qwen: {model: qwen-plus, input: 1}
                other: {model: "*", channel: one, input: 50}
                """);
        Usage one = tokens(1_000, 0);

        assertThat(prices.of(sale("", "gpt-4o", "", one)).amount()).isEqualTo(5_000_000);
        assertThat(prices.of(sale("", "smart", "", one)).amount())
                .as("an alias of one channel")
                .isEqualTo(5_000_000);
        assertThat(prices.of(sale("", "qwen-plus", "", one)).amount())
                .as("channel one does not serve it")
                .isEqualTo(1_000_000);
        assertThat(prices.of(sale("", "unheard", "", one))).isEqualTo(Price.UNKNOWN);
    }

    @Test
    void aModelWithoutAPriceIsUnknownAndCostsNothing() {
        assertThat(prices("p: {model: m, input: 1}").of(sale("two", "n", "o", tokens(5, 5))))
                .isEqualTo(Price.UNKNOWN);
        assertThat(Prices.EMPTY.of(sale("two", "n", "o", tokens(5, 5)))).isEqualTo(Price.UNKNOWN);
    }

    @Test
    void namesThatCallersInventDoNotFillTheMemory() {
        NameMemory<String> memory = new NameMemory<>();
        for (int i = 0; i < 3 * NameMemory.MOST; i++) {
            assertThat(memory.put("channel", "model-" + i, "found")).isEqualTo("found");
        }
        memory.put("channel", "x".repeat(1_000), "long");

        assertThat(memory.size()).isLessThanOrEqualTo(NameMemory.MOST);
        assertThat(memory.get("channel", "x".repeat(1_000))).isNull();
        assertThat(memory.get("channel", "model-" + (3 * NameMemory.MOST - 1))).isEqualTo("found");
    }
}
