package io.aiproxy.usage.reconcile;

import io.aiproxy.usage.reconcile.Invoice.Amount;
import io.aiproxy.usage.reconcile.Invoice.Line;
import io.aiproxy.usage.reconcile.Invoice.Measure;
import java.time.ZoneId;
import java.util.Optional;
import java.util.Set;

/** How an invoice is written. */
interface Format {
    /** What it is called, for people. */
    String name();

    /** In which zone its days begin. */
    ZoneId zone();

    /** What its columns tell. */
    Set<Measure> measures(Set<String> columns);

    /** Whether its models' names are for people. */
    default boolean looseModels() {
        return false;
    }

    /** Whether these columns, by {@link Row#name}, are its. */
    boolean fits(Set<String> columns);

    /** A row; empty where the row says that nothing was used. */
    Optional<Line> line(Row row, ZoneId zone) throws Row.Bad;

    /** The currency that a row names; empty where it names none. */
    String currency(Row row);

    /** A line, unless it is of nothing. */
    static Optional<Line> of(java.time.LocalDate day, String model, Amount amount) {
        boolean nothing = amount.input().signum() == 0
                && amount.output().signum() == 0
                && amount.cost().signum() == 0;
        return nothing ? Optional.empty() : Optional.of(new Line(day, model, amount));
    }
}
