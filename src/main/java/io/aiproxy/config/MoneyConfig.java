package io.aiproxy.config;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/**
 * In which money costs are booked, {@code money:} in system.yaml, for instance {@code {currency: CNY, rates: {USD: 7.12}}}.
 *
 * @param currency the currency in which every cost is booked and in which {@code cost} limits are meant, three letters
 *     (ISO 4217). A change counts from then on; what is booked stays as it is. Default: USD
 * @param rates how much of {@code currency} one of another currency is; needed for every other currency in which a price is
 *     written. Default: none
 */
public record MoneyConfig(String currency, Map<String, BigDecimal> rates) {
    /** Dollars alone. */
    public static final MoneyConfig DEFAULT = new MoneyConfig("USD", Map.of());

    /** How much of the booking currency one of this currency is; empty where nobody has said. */
    public Optional<BigDecimal> rate(String of) {
        return of.equals(currency) ? Optional.of(BigDecimal.ONE) : Optional.ofNullable(rates.get(of));
    }
}
