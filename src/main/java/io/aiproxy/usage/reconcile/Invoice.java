package io.aiproxy.usage.reconcile;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;

/**
 * What a provider says was used.
 *
 * @param format what it was read as, for people
 * @param zone in which its days begin
 * @param measures what it tells of; the others are not compared
 * @param currency three letters in capitals; empty when it does not say
 * @param looseModels whether its names of models are not those of the API, so that versions cannot be told apart
 * @param lines what it consists of
 * @param bad rows that could not be read
 */
public record Invoice(
        String format,
        ZoneId zone,
        Set<Measure> measures,
        String currency,
        boolean looseModels,
        List<Line> lines,
        List<BadRow> bad) {
    /** What can be compared. */
    public enum Measure {
        /** Tokens of the input, cached ones included. */
        INPUT,
        /** Tokens of the output. */
        OUTPUT,
        /** Money. */
        COST
    }

    /**
     * One row.
     *
     * @param day on which it was used
     * @param model as the provider names it; empty where the row is of no model
     * @param amount what was used
     */
    public record Line(LocalDate day, String model, Amount amount) {}

    /**
     * What was used; zero where nothing is told.
     *
     * @param input tokens of the input
     * @param output tokens of the output
     * @param cost money
     */
    public record Amount(BigDecimal input, BigDecimal output, BigDecimal cost) {
        /** Nothing. */
        public static final Amount NOTHING = new Amount(BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO);

        /** Both together. */
        public Amount plus(Amount other) {
            return new Amount(input.add(other.input), output.add(other.output), cost.add(other.cost));
        }

        /** One of the numbers. */
        public BigDecimal of(Measure measure) {
            return switch (measure) {
                case INPUT -> input;
                case OUTPUT -> output;
                case COST -> cost;
            };
        }

        static Amount of(Measure measure, BigDecimal number) {
            BigDecimal none = BigDecimal.ZERO;
            return switch (measure) {
                case INPUT -> new Amount(number, none, none);
                case OUTPUT -> new Amount(none, number, none);
                case COST -> new Amount(none, none, number);
            };
        }
    }

    /**
     * A row that could not be read.
     *
     * @param line in the file, from 1
     * @param problem what is wrong with it
     */
    public record BadRow(long line, String problem) {}
}
