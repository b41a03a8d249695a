package io.aiproxy.usage.reconcile;

import io.aiproxy.config.MoneyConfig;
import io.aiproxy.core.Usage;
import io.aiproxy.usage.Books;
import io.aiproxy.usage.BooksException;
import io.aiproxy.usage.Dimension;
import io.aiproxy.usage.Granularity;
import io.aiproxy.usage.StatisticsQuery;
import io.aiproxy.usage.StatisticsRow;
import io.aiproxy.usage.reconcile.Invoice.Amount;
import io.aiproxy.usage.reconcile.Invoice.Line;
import io.aiproxy.usage.reconcile.Invoice.Measure;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * An invoice beside the books. Costs that are booked in another currency are compared in the invoice's, at the rates in force.
 *
 * @param from the invoice's first day
 * @param to its last day
 * @param currency of the costs; empty where there are none
 * @param converted currencies of costs that were converted into it
 * @param apart currencies of costs that are missing here, because nobody has said what they are worth
 * @param differences by day, then model, then measure: every one, also those of zero
 * @param totals one for each measure
 */
public record Reconciliation(
        LocalDate from,
        LocalDate to,
        String currency,
        Set<String> converted,
        Set<String> apart,
        List<Difference> differences,
        List<Difference> totals) {
    /** What is less is rounding: of money, in its currency. */
    private static final BigDecimal ROUNDING = new BigDecimal("0.005");

    private static final Pattern VERSION = Pattern.compile("-(\\d{8}|\\d{4}-\\d{2}-\\d{2}|latest)$");
    /** Anthropic's API put the number before the name until 3.7; its bills never do. */
    private static final Pattern OLD_CLAUDE = Pattern.compile("^claude-(\\d+(?:-\\d+)?)-([a-z]+)$");

    private static final int SCALE = 9;

    /**
     * How to compare.
     *
     * @param channels ids of the channels that the invoice is of; none: all
     * @param currency of the invoice, where it does not say; empty: the books' own, if they have one only
     * @param versions whether {@code gpt-4o-2024-08-06} is another model than {@code gpt-4o}
     * @param money rates at which costs booked in another currency than the invoice's are converted into it
     */
    public record Terms(Set<String> channels, String currency, boolean versions, MoneyConfig money) {}

    /**
     * One number in both.
     *
     * @param day empty for totals
     * @param model empty for totals, and where the invoice knows no models
     * @param measure what it is
     * @param billed in the invoice
     * @param booked in the books
     */
    public record Difference(
            Optional<LocalDate> day, String model, Measure measure, BigDecimal billed, BigDecimal booked) {
        /** Booked less billed. */
        public BigDecimal absolute() {
            return booked.subtract(billed);
        }

        /** The difference in percent of what was billed; empty where nothing was. */
        public Optional<BigDecimal> percent() {
            return billed.signum() == 0
                    ? Optional.empty()
                    : Optional.of(absolute().scaleByPowerOfTen(2).divide(billed.abs(), 2, RoundingMode.HALF_UP));
        }

        /** Whether the difference is more than {@code tolerance} percent of what was billed, and no rounding of money. */
        public boolean beyond(BigDecimal tolerance) {
            BigDecimal off = absolute().abs();
            if (measure == Measure.COST && off.compareTo(ROUNDING) < 0) {
                return false;
            }
            return off.scaleByPowerOfTen(2).compareTo(tolerance.multiply(billed.abs())) > 0;
        }
    }

    private record Place(LocalDate day, String model) implements Comparable<Place> {
        @Override
        public int compareTo(Place other) {
            int byDay = day.compareTo(other.day);
            return byDay != 0 ? byDay : model.compareTo(other.model);
        }
    }

    /**
     * Compares.
     *
     * @throws InvoiceException when the invoice has no rows, or it cannot be told in which currency it is
     */
    public static Reconciliation of(Invoice invoice, Books books, Terms terms) throws InvoiceException, BooksException {
        if (invoice.lines().isEmpty()) {
            throw new InvoiceException("the invoice has no row with usage or costs");
        }
        LocalDate from = invoice.lines().get(0).day();
        LocalDate to = from;
        for (Line line : invoice.lines()) {
            from = line.day().isBefore(from) ? line.day() : from;
            to = line.day().isAfter(to) ? line.day() : to;
        }
        boolean models = invoice.lines().stream().anyMatch(line -> !line.model().isEmpty());
        boolean versions = terms.versions() && !invoice.looseModels();
        Map<Place, Amount> billed = new TreeMap<>();
        for (Line line : invoice.lines()) {
            billed.merge(new Place(line.day(), model(line.model(), models, versions)), line.amount(), Amount::plus);
        }
        List<StatisticsRow> rows = books.statistics(query(invoice, terms, from, to));
        String currency = invoice.measures().contains(Measure.COST) ? currency(invoice, terms, rows) : "";
        Set<String> converted = new TreeSet<>();
        Set<String> apart = new TreeSet<>();
        Map<Place, Amount> booked = new TreeMap<>();
        for (StatisticsRow row : rows) {
            LocalDate day =
                    Instant.ofEpochMilli(row.time()).atZone(invoice.zone()).toLocalDate();
            Place place = new Place(day, model(row.values().get(0), models, versions));
            BigDecimal rate = rate(terms.money(), row.values().get(1), currency);
            booked.merge(place, amount(row, rate), Amount::plus);
            if (!currency.isEmpty()
                    && row.sums().cost() != 0
                    && !row.values().get(1).equals(currency)) {
                (rate.signum() == 0 ? apart : converted).add(row.values().get(1));
            }
        }
        return new Reconciliation(
                from,
                to,
                currency,
                converted,
                apart,
                differences(invoice, billed, booked),
                totals(invoice, billed, booked));
    }

    private static StatisticsQuery query(Invoice invoice, Terms terms, LocalDate from, LocalDate to) {
        return new StatisticsQuery(
                from.atStartOfDay(invoice.zone()).toInstant(),
                to.plusDays(1).atStartOfDay(invoice.zone()).toInstant(),
                invoice.zone(),
                Granularity.DAY,
                List.of(Dimension.MODEL, Dimension.CURRENCY),
                terms.channels().isEmpty() ? Map.of() : Map.of(Dimension.CHANNEL, terms.channels()),
                false);
    }

    private static String currency(Invoice invoice, Terms terms, List<StatisticsRow> rows) throws InvoiceException {
        String named = terms.currency().isEmpty() ? invoice.currency() : terms.currency();
        if (!named.isEmpty()) {
            return named.toUpperCase(Locale.ROOT);
        }
        Set<String> known = new TreeSet<>();
        rows.forEach(row -> known.add(row.values().get(1)));
        known.remove("");
        if (known.size() > 1) {
            throw new InvoiceException("the invoice does not say in which currency it is, and the books have several ("
                    + String.join(", ", known) + "); name it with --currency");
        }
        return known.stream().findFirst().orElse("");
    }

    /** How much of the invoice's currency one of another is; 0 where nobody knows. */
    private static BigDecimal rate(MoneyConfig money, String of, String in) {
        if (of.equals(in)) {
            return BigDecimal.ONE;
        }
        BigDecimal theirs = money.rate(of).orElse(BigDecimal.ZERO);
        BigDecimal ours = money.rate(in).orElse(BigDecimal.ZERO);
        return ours.signum() == 0 ? BigDecimal.ZERO : theirs.divide(ours, MathContext.DECIMAL128);
    }

    /** Calls that used something and cost nothing that is known still have their tokens. */
    private static Amount amount(StatisticsRow row, BigDecimal rate) {
        Usage usage = row.sums().usage();
        return new Amount(
                BigDecimal.valueOf(usage.inputTokens()),
                BigDecimal.valueOf(usage.outputTokens()),
                BigDecimal.valueOf(row.sums().cost(), SCALE).multiply(rate).setScale(SCALE, RoundingMode.HALF_UP));
    }

    /** A model's name as both sides write it. */
    private static String model(String name, boolean models, boolean versions) {
        if (!models) {
            return "";
        }
        String plain = name.strip().toLowerCase(Locale.ROOT);
        if (versions) {
            return plain;
        }
        String dashed = VERSION.matcher(plain.replaceAll("[ .]", "-")).replaceFirst("");
        return OLD_CLAUDE.matcher(dashed).replaceFirst("claude-$2-$1");
    }

    private static List<Difference> differences(Invoice invoice, Map<Place, Amount> billed, Map<Place, Amount> booked) {
        Set<Place> places = new TreeSet<>(billed.keySet());
        places.addAll(booked.keySet());
        List<Difference> found = new ArrayList<>();
        for (Place place : places) {
            Amount theirs = billed.getOrDefault(place, Amount.NOTHING);
            Amount ours = booked.getOrDefault(place, Amount.NOTHING);
            for (Measure measure : invoice.measures()) {
                if (theirs.of(measure).signum() != 0 || ours.of(measure).signum() != 0) {
                    found.add(new Difference(
                            Optional.of(place.day), place.model, measure, theirs.of(measure), ours.of(measure)));
                }
            }
        }
        return found;
    }

    private static List<Difference> totals(Invoice invoice, Map<Place, Amount> billed, Map<Place, Amount> booked) {
        Amount theirs = billed.values().stream().reduce(Amount.NOTHING, Amount::plus);
        Amount ours = booked.values().stream().reduce(Amount.NOTHING, Amount::plus);
        return invoice.measures().stream()
                .map(measure -> new Difference(Optional.empty(), "", measure, theirs.of(measure), ours.of(measure)))
                .toList();
    }
}
