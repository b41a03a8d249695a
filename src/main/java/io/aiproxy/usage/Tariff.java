package io.aiproxy.usage;

import io.aiproxy.config.MoneyConfig;
import io.aiproxy.config.PriceConfig;
import io.aiproxy.core.Usage;
import io.aiproxy.core.Wildcard;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** One entry of the price table with all that is computed from it once. Immutable. */
final class Tariff {
    /** Of those that fit, the first one that holds at a time is the one that counts. */
    static final Comparator<Tariff> PREFERENCE = Comparator.comparing((Tariff tariff) -> tariff.precision)
            .reversed()
            .thenComparing(Comparator.comparingLong((Tariff tariff) -> tariff.fromMillis)
                    .reversed())
            .thenComparing(tariff -> tariff.config.id());

    /** How much a pattern says: a name more than any pattern, otherwise its characters but the asterisks. */
    private record Precision(boolean oneChannel, int channel, boolean oneModel, int model)
            implements Comparable<Precision> {
        private static final Comparator<Precision> ORDER = Comparator.comparing(Precision::oneChannel)
                .thenComparingInt(Precision::channel)
                .thenComparing(Precision::oneModel)
                .thenComparingInt(Precision::model);

        static Precision of(PriceConfig config) {
            return new Precision(
                    isName(config.channel()), said(config.channel()), isName(config.model()), said(config.model()));
        }

        @Override
        public int compareTo(Precision other) {
            return ORDER.compare(this, other);
        }
    }

    private final PriceConfig config;
    private final Precision precision;
    private final Wildcard channel;
    private final Wildcard model;
    private final long fromMillis;
    private final UnitPrices standard;
    /** Those for most input first. */
    private final List<Step> steps;

    /** Other prices above an amount of input. */
    private record Step(long above, UnitPrices prices) {}

    private Tariff(PriceConfig config, BigDecimal rate) {
        this.config = config;
        this.precision = Precision.of(config);
        this.channel = Wildcard.of(config.channel());
        this.model = Wildcard.of(config.model());
        this.fromMillis = config.validFrom().map(Instant::toEpochMilli).orElse(Long.MIN_VALUE);
        this.standard = UnitPrices.of(config.charges(), config.per(), rate);
        List<Step> all = new ArrayList<>();
        for (PriceConfig.Tier tier : config.tiers()) {
            PriceConfig.Charges charges = tier.charges().or(config.charges());
            all.add(new Step(tier.above(), UnitPrices.of(charges, config.per(), rate)));
        }
        all.sort(Comparator.comparingLong(Step::above).reversed());
        this.steps = List.copyOf(all);
    }

    /** The tariff of an entry whose currency has a rate; the reader of the configuration lets no other through. */
    static Tariff of(PriceConfig config, MoneyConfig money) {
        return new Tariff(
                config,
                money.rate(config.currency())
                        .orElseThrow(() -> new IllegalArgumentException("no rate for " + config.currency())));
    }

    private static boolean isName(String pattern) {
        return pattern.indexOf('*') < 0;
    }

    private static int said(String pattern) {
        return (int) pattern.chars().filter(character -> character != '*').count();
    }

    PriceConfig config() {
        return config;
    }

    /** Whether it is for one model alone, whose name it says. */
    boolean namesItsModel() {
        return precision.oneModel;
    }

    /** Whether it says nothing of the model, and so cannot have been meant for this one in particular. */
    boolean forAnyModel() {
        return !precision.oneModel && precision.model == 0;
    }

    boolean fitsChannel(String id) {
        return channel.matches(id);
    }

    boolean fitsModel(String name) {
        return model.matches(name);
    }

    boolean holdsAt(long atMillis) {
        return fromMillis <= atMillis;
    }

    /** Whether it says more of channel and model than another. */
    boolean saysMoreThan(Tariff other) {
        return precision.compareTo(other.precision) > 0;
    }

    /** What this costs, in billionths of the booking currency. */
    long of(Usage usage) {
        for (int i = 0; i < steps.size(); i++) {
            if (usage.inputTokens() > steps.get(i).above()) {
                return steps.get(i).prices().of(usage);
            }
        }
        return standard.of(usage);
    }
}
