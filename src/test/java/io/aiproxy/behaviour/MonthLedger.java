package io.aiproxy.behaviour;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.behaviour.MonthCalls.Made;
import io.aiproxy.behaviour.MonthProviders.Line;
import io.aiproxy.core.Usage;
import io.aiproxy.core.UsageField;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the books must say of a month, from what providers have written down and callers have seen, by the words of the
 * documentation and without a thought of speed.
 */
final class MonthLedger {
    /** From here on gpt-4o costs less; o4-mini never has a price. */
    static final long CHEAPER = MonthCalls.at("2026-10-15T00:00:00Z");

    /** prices.yaml as {@link #charge} reads it. */
    static final String PRICES = """
            prices:
              gpt: {model: "gpt-4o*", currency: USD, input: 2.50, cached_input: 1.25, output: 10}
              gpt-later: {model: "gpt-4o*", currency: USD, valid_from: 2026-10-15, input: 2, cached_input: 0.77, output: 8}
              gpt-west: {channel: west, model: "gpt-4o*", currency: USD, input: 2.75, output: 11.5, reasoning: 12.25}
              claude: {model: "claude-*", currency: USD, input: 1, cached_input: 0.1, cache_write: 1.25, output: 5}
              gemini: {model: gemini-2.5-flash, currency: USD, input: 0.3, output: 2.5, reasoning: 3.5}
              small: {model: "text-embedding-*", currency: USD, input: 0.02}
              qwen: {model: "qwen-plus*", currency: CNY, per: 1K, input: 0.0008, cached_input: 0.00032, output: 0.002}
            """;

    /**
     * Prices for a million tokens.
     *
     * @param write of what is written to a cache
     */
    private record Charge(
            String currency, String input, String cached, String write, String output, String reasoning) {}

    /**
     * In which currency is booked.
     *
     * @param from since when
     * @param usd what a dollar is in it
     * @param cny what a yuan is in it
     */
    record Money(long from, String currency, String usd, String cny) {}

    /**
     * A call as the books must have it.
     *
     * @param values of every dimension
     * @param cell what it adds to each sum
     */
    record Booked(String id, long millis, Map<String, List<String>> values, Cell cell) {}

    /**
     * A sum.
     *
     * @param costs by currency, in billionths
     */
    record Cell(
            long requests,
            long successful,
            long attempts,
            long estimated,
            long unpriced,
            long bytesIn,
            long bytesOut,
            Usage used,
            SortedMap<String, Long> costs) {
        static final Cell NOTHING = new Cell(0, 0, 0, 0, 0, 0, 0, Usage.NONE, new TreeMap<>());

        Cell plus(Cell other) {
            SortedMap<String, Long> both = new TreeMap<>(costs);
            other.costs.forEach((currency, cost) -> both.merge(currency, cost, Long::sum));
            return new Cell(
                    requests + other.requests,
                    successful + other.successful,
                    attempts + other.attempts,
                    estimated + other.estimated,
                    unpriced + other.unpriced,
                    bytesIn + other.bytesIn,
                    bytesOut + other.bytesOut,
                    used.plus(other.used),
                    both);
        }

        /** Of a row of an answer. */
        static Cell of(JsonNode row) {
            SortedMap<String, Long> costs = new TreeMap<>();
            row.path("costs")
                    .forEach(cost -> costs.put(
                            cost.path("currency").asText(),
                            billionths(cost.path("cost").asText())));
            return new Cell(
                    row.path("requests").asLong(-1),
                    row.path("successful").asLong(-1),
                    row.path("attempts").asLong(-1),
                    row.path("estimated").asLong(-1),
                    row.path("unpriced").asLong(-1),
                    row.path("bytes_in").asLong(-1),
                    row.path("bytes_out").asLong(-1),
                    UsageField.usage(
                            field -> row.path("usage").path(field.word()).asLong(-1)),
                    costs);
        }
    }

    /** An amount of money in billionths, which it must be exactly. */
    static long billionths(String amount) {
        return new BigDecimal(amount).movePointRight(9).longValueExact();
    }

    private final List<Booked> calls = new ArrayList<>();

    /**
     * Adds a call.
     *
     * @param groups of the user at that time
     * @param lines of the providers that were asked
     * @param money at that time
     */
    void add(Made made, List<String> groups, List<Line> lines, Money money) {
        var plan = made.plan();
        boolean known = !plan.caller().user().isEmpty();
        Line last = lines.isEmpty() ? new Line("", "", 401, Usage.NONE) : lines.get(lines.size() - 1);
        String ending = !known
                ? "refused"
                : !made.whole()
                        ? "truncated"
                        : made.status() < 400 ? "ok" : made.status() < 500 ? "caller_error" : "channel_error";
        String asked = known ? plan.kind().model : "";
        String model = last.model().isEmpty() ? asked : last.model();
        boolean used = !last.used().equals(Usage.NONE);
        SortedMap<String, Long> costs = new TreeMap<>();
        Charge charge = charge(last.channel(), model, plan.millis());
        if (used && charge != null) {
            costs.put(money.currency(), cost(charge, last.used(), money));
        }
        Map<String, List<String>> values = new TreeMap<>();
        values.put("user", List.of(plan.caller().user()));
        values.put(
                "key",
                List.of(known ? plan.caller().user() + "/" + plan.caller().key() : ""));
        values.put("group", groups.isEmpty() ? List.of("") : groups);
        values.put("channel", List.of(last.channel()));
        values.put("model", List.of(model));
        values.put("dialect", List.of(plan.kind().dialect));
        values.put("operation", List.of(plan.kind().operation(plan.streamed())));
        values.put("ending", List.of(ending));
        values.put(
                "failure", List.of(!known ? "invalid_api_key" : ending.equals("truncated") ? "stream_truncated" : ""));
        calls.add(new Booked(
                made.id(),
                plan.millis(),
                values,
                new Cell(
                        1,
                        ending.equals("ok") ? 1 : 0,
                        lines.size(),
                        0,
                        used && charge == null ? 1 : 0,
                        made.sent(),
                        made.received(),
                        last.used(),
                        costs)));
    }

    List<Booked> calls() {
        return calls;
    }

    /** By hand what prices.yaml says of these models; null: there is no price. */
    private static Charge charge(String channel, String model, long millis) {
        if (model.startsWith("gpt-4o")) {
            if (channel.equals("west")) {
                return new Charge("USD", "2.75", "2.75", "2.75", "11.5", "12.25");
            }
            return millis < CHEAPER
                    ? new Charge("USD", "2.50", "1.25", "2.50", "10", "10")
                    : new Charge("USD", "2", "0.77", "2", "8", "8");
        } else if (model.startsWith("claude-")) {
            return new Charge("USD", "1", "0.1", "1.25", "5", "5");
        } else if (model.equals("gemini-2.5-flash")) {
            return new Charge("USD", "0.3", "0.3", "0.3", "2.5", "3.5");
        } else if (model.startsWith("text-embedding-")) {
            return new Charge("USD", "0.02", "0.02", "0.02", "0", "0");
        }
        return model.startsWith("qwen-plus") ? new Charge("CNY", "0.8", "0.32", "0.8", "2", "2") : null;
    }

    private static long cost(Charge charge, Usage used, Money money) {
        long fresh = used.inputTokens() - used.cachedInputTokens() - used.cacheWriteTokens();
        BigDecimal millionths = times(fresh, charge.input)
                .add(times(used.cachedInputTokens(), charge.cached))
                .add(times(used.cacheWriteTokens(), charge.write))
                .add(times(used.outputTokens() - used.reasoningTokens(), charge.output))
                .add(times(used.reasoningTokens(), charge.reasoning));
        BigDecimal rate = new BigDecimal(charge.currency.equals("USD") ? money.usd : money.cny);
        return millionths
                .multiply(rate)
                .movePointRight(3)
                .setScale(0, RoundingMode.HALF_EVEN)
                .longValueExact();
    }

    private static BigDecimal times(long tokens, String price) {
        return new BigDecimal(price).multiply(BigDecimal.valueOf(tokens));
    }

    /**
     * A question.
     *
     * @param from first moment
     * @param to first moment that does not belong to it
     * @param granularity a word of the API
     */
    record Question(long from, long to, ZoneId zone, String granularity, List<String> by) {}

    /** Every row that must be there, under its time (unless there is one for all) and its values. */
    Map<List<String>, Cell> rows(Question question) {
        Map<List<String>, Cell> rows = new TreeMap<>(MonthLedger::compare);
        for (Booked call : calls) {
            if (call.millis >= question.from && call.millis < question.to) {
                List<List<String>> keys = new ArrayList<>();
                keys.add(question.granularity.equals("total") ? List.of() : List.of(piece(call.millis, question)));
                for (String dimension : question.by) {
                    List<List<String>> longer = new ArrayList<>();
                    for (List<String> key : keys) {
                        for (String value : call.values.get(dimension)) {
                            List<String> more = new ArrayList<>(key);
                            more.add(value);
                            longer.add(more);
                        }
                    }
                    keys = longer;
                }
                keys.forEach(key -> rows.merge(key, call.cell, Cell::plus));
            }
        }
        return rows;
    }

    /** Everything in one. */
    Cell total(Question question) {
        return rows(new Question(question.from, question.to, question.zone, "total", List.of()))
                .getOrDefault(List.of(), Cell.NOTHING);
    }

    /** The order of rows: times come first, and two o'clock twice. */
    static int compare(List<String> one, List<String> other) {
        int order = Integer.compare(one.size(), other.size());
        for (int i = 0; order == 0 && i < one.size(); i++) {
            order = i == 0 && isTime(one.get(0)) && isTime(other.get(0))
                    ? OffsetDateTime.parse(one.get(0)).compareTo(OffsetDateTime.parse(other.get(0)))
                    : one.get(i).compareTo(other.get(i));
        }
        return order;
    }

    private static boolean isTime(String text) {
        return text.startsWith("2026-");
    }

    /** When the piece of time begins that this moment is in. A change of the clocks in the middle of an hour begins one. */
    private static String piece(long millis, Question question) {
        Instant at = Instant.ofEpochMilli(millis);
        ZonedDateTime time = at.atZone(question.zone);
        ZonedDateTime begin =
                switch (question.granularity) {
                    case "day" -> time.toLocalDate().atStartOfDay(question.zone);
                    case "month" -> time.toLocalDate().withDayOfMonth(1).atStartOfDay(question.zone);
                    default -> hour(time);
                };
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(begin);
    }

    private static ZonedDateTime hour(ZonedDateTime time) {
        Instant begin = time.toOffsetDateTime().truncatedTo(ChronoUnit.HOURS).toInstant();
        var changed =
                time.getZone().getRules().previousTransition(time.toInstant().plusMillis(1));
        return (changed == null || changed.getInstant().isBefore(begin) ? begin : changed.getInstant())
                .atZone(time.getZone());
    }
}
