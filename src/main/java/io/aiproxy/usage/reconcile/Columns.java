package io.aiproxy.usage.reconcile;

import io.aiproxy.usage.reconcile.Invoice.Amount;
import io.aiproxy.usage.reconcile.Invoice.Line;
import io.aiproxy.usage.reconcile.Invoice.Measure;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An invoice whose columns somebody has named. */
public final class Columns implements Format {
    private static final List<String> NUMBERS = List.of("input", "output", "cost");
    private static final Set<String> KEYS =
            Set.of("date", "model", "input", "output", "cost", "currency", "dates", "decimal");

    private final Map<String, String> named;
    private final ZoneId zone;

    private Columns(Map<String, String> named, ZoneId zone) {
        this.named = named;
        this.zone = zone;
    }

    /**
     * Reads {@code date=Day,model=Model,input=In,output=Out,cost=Cost,currency=Currency}; date and one of input, output and
     * cost have to be there. {@code dates=day-first} or {@code month-first} and {@code decimal=comma} or {@code point} say how
     * these are written, where that does not show.
     *
     * @param zone in which its days begin
     */
    public static Columns of(String text, ZoneId zone) throws InvoiceException {
        Map<String, String> named = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals).strip().toLowerCase(Locale.ROOT);
            if (equals < 0 || !KEYS.contains(key) || part.substring(equals + 1).isBlank()) {
                throw new InvoiceException("columns: \"" + part + "\" is not understood; give date=NAME, model=NAME,"
                        + " input=NAME, output=NAME, cost=NAME or currency=NAME, with commas between them, and, if need be,"
                        + " dates=day-first or month-first, decimal=comma or point");
            }
            named.put(key, part.substring(equals + 1).strip());
        }
        if (!named.containsKey("date")) {
            throw new InvoiceException("columns: date=NAME is missing");
        }
        if (NUMBERS.stream().noneMatch(named::containsKey)) {
            throw new InvoiceException("columns: name one of input, output and cost at least");
        }
        Columns columns = new Columns(named, zone);
        columns.said("dates", "day-first", "month-first");
        columns.said("decimal", "comma", "point");
        return columns;
    }

    /** Whether the first of two words stands there; empty where nobody has said. */
    private Optional<Boolean> said(String key, String yes, String no) throws InvoiceException {
        String word = named.getOrDefault(key, "");
        if (!word.isEmpty() && !word.equals(yes) && !word.equals(no)) {
            throw new InvoiceException("columns: " + key + " is " + yes + " or " + no + ", not \"" + word + "\"");
        }
        return word.isEmpty() ? Optional.empty() : Optional.of(word.equals(yes));
    }

    /** Takes a row into account in finding out how numbers and dates are written. */
    void look(Row row, Evidence evidence) {
        evidence.date(row.text(column("date")));
        NUMBERS.stream().filter(named::containsKey).forEach(key -> evidence.number(row.text(column(key))));
    }

    /** How numbers and dates are written, as said here or found. */
    Notation notation(Evidence evidence) throws InvoiceException {
        return evidence.notation(said("decimal", "comma", "point"), said("dates", "day-first", "month-first"));
    }

    @Override
    public String name() {
        return "columns as named";
    }

    @Override
    public ZoneId zone() {
        return zone;
    }

    @Override
    public Set<Measure> measures(Set<String> columns) {
        Set<Measure> measures = EnumSet.noneOf(Measure.class);
        for (Measure measure : Measure.values()) {
            if (named.containsKey(measure.name().toLowerCase(Locale.ROOT))) {
                measures.add(measure);
            }
        }
        return measures;
    }

    @Override
    public boolean fits(Set<String> columns) {
        return missing(columns).isEmpty();
    }

    /** The first of the named columns that is not there. */
    Optional<String> missing(Set<String> columns) {
        return named.entrySet().stream()
                .filter(entry ->
                        !entry.getKey().equals("dates") && !entry.getKey().equals("decimal"))
                .map(Map.Entry::getValue)
                .filter(name -> !columns.contains(Row.name(name)))
                .findFirst();
    }

    @Override
    public Optional<Line> line(Row row, ZoneId in) throws Row.Bad {
        Amount amount = new Amount(number(row, "input"), number(row, "output"), number(row, "cost"));
        String model = named.containsKey("model") ? row.text(column("model")) : "";
        return Format.of(row.day(in, column("date")), model, amount);
    }

    private BigDecimal number(Row row, String key) throws Row.Bad {
        return named.containsKey(key) ? row.number(column(key)) : BigDecimal.ZERO;
    }

    @Override
    public String currency(Row row) {
        return named.containsKey("currency") ? row.text(column("currency")) : "";
    }

    private String column(String key) {
        return named.getOrDefault(key, "");
    }
}
