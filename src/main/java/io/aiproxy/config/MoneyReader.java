package io.aiproxy.config;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code money:} in system.yaml, and amounts of money wherever they stand. */
final class MoneyReader {
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
    private static final Pattern DECIMAL = Pattern.compile("[0-9]{1,40}(?:\\.[0-9]{1,40})?(?:[eE][-+]?[0-9]{1,2})?");

    /** So many digits survive every way that a number takes through JSON, in which some readers make a double of it. */
    private static final int MOST_DIGITS = 15;

    private static final int MOST_DECIMALS = 18;
    private static final BigDecimal LARGEST = BigDecimal.valueOf(1_000_000_000);

    private MoneyReader() {}

    static MoneyConfig read(NodeReader system) {
        NodeReader money = system.child("money");
        String currency = money.text("currency").flatMap(MoneyReader::currency).orElse(MoneyConfig.DEFAULT.currency());
        Map<String, BigDecimal> rates = new LinkedHashMap<>();
        money.map("rates").forEach((of, text) -> rate(of, text, currency).ifPresent(rate -> rates.put(of, rate)));
        money.done();
        return new MoneyConfig(currency, Collections.unmodifiableMap(rates));
    }

    private static Optional<BigDecimal> rate(String of, Text text, String currency) {
        if (!CURRENCY.matcher(of).matches()) {
            text.problem("is no currency: three capital letters, such as USD");
        } else if (of.equals(currency)) {
            text.problem("is the currency in which costs are booked, which needs no rate; remove it");
        }
        return amount(text).filter(rate -> {
            if (rate.signum() == 0) {
                text.problem("must not be 0");
            }
            return rate.signum() > 0;
        });
    }

    /** Three letters; empty after telling that they are none. */
    static Optional<String> currency(Text text) {
        if (CURRENCY.matcher(text.value()).matches()) {
            return Optional.of(text.value());
        }
        text.problem(text.shown() + " is no currency: three capital letters, such as USD");
        return Optional.empty();
    }

    /** A decimal, exactly as it is written, 0 or more; empty after telling what is wrong. */
    static Optional<BigDecimal> amount(Text text) {
        if (DECIMAL.matcher(text.value()).matches()) {
            BigDecimal amount = new BigDecimal(text.value());
            BigDecimal bare = amount.stripTrailingZeros();
            if (bare.precision() <= MOST_DIGITS && bare.scale() <= MOST_DECIMALS && bare.compareTo(LARGEST) <= 0) {
                return Optional.of(amount);
            }
        }
        text.problem(text.shown() + " is not allowed; expected a decimal such as 2.5, not negative, at most "
                + LARGEST.toPlainString() + ", of at most " + MOST_DIGITS + " digits");
        return Optional.empty();
    }
}
