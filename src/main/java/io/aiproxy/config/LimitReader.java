package io.aiproxy.config;

import io.aiproxy.config.LimitConfig.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** {@code limits:} of a user, key, user group or channel. */
final class LimitReader {
    /** Money is kept in millionths. */
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);

    private static final Map<String, Duration> NAMED = Map.of(
            "second", Duration.ofSeconds(1),
            "minute", Duration.ofMinutes(1),
            "hour", Duration.ofHours(1),
            "day", Duration.ofDays(1),
            "week", Duration.ofDays(7));
    private static final Map<String, LimitConfig.Calendar.Unit> CALENDAR = Map.of(
            "calendar-day", LimitConfig.Calendar.Unit.DAY,
            "calendar-week", LimitConfig.Calendar.Unit.WEEK,
            "calendar-month", LimitConfig.Calendar.Unit.MONTH);

    /** The word of each quantity. */
    private static final Map<Quantity, String> WORDS = new EnumMap<>(Quantity.class);

    static {
        for (Quantity quantity : Quantity.values()) {
            WORDS.put(quantity, quantity.name().toLowerCase(Locale.ROOT));
        }
    }

    private final NodeReader fields;

    private LimitReader(NodeReader fields) {
        this.fields = fields;
    }

    /** The limits under {@code limits} of this mapping, and those that stand there in their short forms. */
    static List<LimitConfig> read(NodeReader owner) {
        List<LimitConfig> limits = new ArrayList<>(read(owner, "limits"));
        new LimitReader(owner).shortForms(limits);
        return List.copyOf(limits);
    }

    /** The limits under this key. */
    static List<LimitConfig> read(NodeReader owner, String key) {
        List<LimitConfig> limits = new ArrayList<>();
        for (Value item : owner.value(key).map(Value::items).orElse(List.of())) {
            item.fields().flatMap(fields -> new LimitReader(fields).limit()).ifPresent(limits::add);
        }
        return List.copyOf(limits);
    }

    private Optional<LimitConfig> limit() {
        List<Quantity> given = new ArrayList<>();
        for (Quantity quantity : Quantity.values()) {
            if (fields.has(word(quantity))) {
                given.add(quantity);
            }
        }
        if (given.size() != 1) {
            fields.problem("needs exactly one of requests, tokens, cost, concurrent and sockets, and the amount as its"
                    + " value, e.g. {requests: 60, per: minute}");
            return Optional.empty();
        }
        Quantity quantity = given.get(0);
        Optional<LimitConfig> limit = amount(quantity, word(quantity))
                .map(amount -> new LimitConfig(
                        quantity,
                        amount,
                        fields.has("soft") ? amount(quantity, "soft") : Optional.empty(),
                        window(quantity),
                        fields.texts("models").stream().map(Text::value).toList(),
                        fields.flag("shadow", false),
                        fields.choice("outage", LimitConfig.Outage.class, LimitConfig.Outage.LOCAL)));
        fields.done();
        return limit;
    }

    /** The keys that LiteLLM has made known, directly under whom they limit. */
    private void shortForms(List<LimitConfig> to) {
        LimitConfig.Window minute = new LimitConfig.Sliding(Duration.ofMinutes(1));
        shortForm(Quantity.REQUESTS, "rpm_limit", Optional.of(minute)).ifPresent(to::add);
        shortForm(Quantity.TOKENS, "tpm_limit", Optional.of(minute)).ifPresent(to::add);
        shortForm(Quantity.CONCURRENT, "max_parallel_requests", Optional.empty())
                .ifPresent(to::add);
        Optional<LimitConfig.Window> budget = fields.text("budget_duration").flatMap(LimitReader::budgetWindow);
        Optional<Long> soft = fields.has("soft_budget") ? amount(Quantity.COST, "soft_budget") : Optional.empty();
        if (fields.has("max_budget")) {
            if (!fields.has("budget_duration")) {
                fields.problem(
                        "max_budget", "needs budget_duration beside it, the time for which it is, e.g. 30d or 1mo");
            }
            shortForm(Quantity.COST, "max_budget", budget)
                    .map(limit -> new LimitConfig(
                            Quantity.COST,
                            limit.amount(),
                            soft,
                            limit.window(),
                            List.of(),
                            false,
                            LimitConfig.Outage.LOCAL))
                    .ifPresent(to::add);
            return;
        }
        for (String alone : List.of("budget_duration", "soft_budget")) {
            if (fields.has(alone)) {
                fields.problem(alone, "has a meaning beside max_budget only");
            }
        }
    }

    private Optional<LimitConfig> shortForm(Quantity quantity, String key, Optional<LimitConfig.Window> window) {
        return fields.has(key)
                ? amount(quantity, key)
                        .map(amount -> new LimitConfig(
                                quantity, amount, Optional.empty(), window, List.of(), false, LimitConfig.Outage.LOCAL))
                : Optional.empty();
    }

    /** {@code 30s, 30m, 30h, 30d}, and {@code 1mo}: a month of the calendar. */
    private static Optional<LimitConfig.Window> budgetWindow(Text text) {
        String word = text.value().toLowerCase(Locale.ROOT).strip();
        if (word.equals("1mo")) {
            return Optional.of(new LimitConfig.Calendar(LimitConfig.Calendar.Unit.MONTH, ZoneOffset.UTC));
        }
        Optional<Duration> length = Units.duration(word).filter(time -> time.compareTo(Duration.ofSeconds(1)) >= 0);
        if (length.isEmpty()) {
            text.problem(text.shown() + " is not allowed; expected a number with unit s, m, h or d, e.g. 30d, or 1mo");
        }
        return length.map(LimitConfig.Sliding::new);
    }

    private Optional<Long> amount(Quantity quantity, String key) {
        Optional<Text> text = fields.text(key);
        if (text.isEmpty()) {
            fields.problem(key, "is empty; expected a number");
            return Optional.empty();
        }
        try {
            BigDecimal amount = new BigDecimal(text.get().value().replace("_", ""));
            BigDecimal whole =
                    quantity == Quantity.COST ? amount.multiply(MILLION).setScale(0, RoundingMode.HALF_UP) : amount;
            if (whole.signum() >= 0) {
                return Optional.of(whole.longValueExact());
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // told below
        }
        String expected = quantity == Quantity.COST ? "an amount of money such as 50 or 0.5" : "a whole number";
        text.get().problem(text.get().shown() + " is not allowed; expected " + expected + ", not negative");
        return Optional.empty();
    }

    private Optional<LimitConfig.Window> window(Quantity quantity) {
        Optional<Text> per = fields.text("per");
        if (!quantity.overTime()) {
            per.ifPresent(text -> text.problem("has no meaning for " + word(quantity)
                    + ", which counts what is there at" + " the moment; remove it"));
            return Optional.empty();
        }
        if (per.isEmpty()) {
            fields.problem(
                    "per",
                    "is missing; expected minute, hour, day, a duration such as 30d, calendar-day,"
                            + " calendar-week or calendar-month");
            return Optional.empty();
        }
        String word = per.get().value().toLowerCase(Locale.ROOT).replace('_', '-');
        LimitConfig.Calendar.Unit unit = CALENDAR.get(word);
        if (unit != null) {
            return Optional.of(new LimitConfig.Calendar(unit, zone()));
        }
        if (fields.has("time_zone")) {
            fields.problem("time_zone", "has a meaning with calendar-day, calendar-week and calendar-month only");
        }
        Optional<Duration> length = Optional.ofNullable(NAMED.get(word)).or(() -> Units.duration(word));
        if (length.isEmpty() || length.get().compareTo(Duration.ofSeconds(1)) < 0) {
            per.get()
                    .problem(per.get().shown() + " is not allowed; expected minute, hour, day, a duration of at least"
                            + " 1s such as 30d, calendar-day, calendar-week or calendar-month");
            return Optional.empty();
        }
        return Optional.of(new LimitConfig.Sliding(length.get()));
    }

    private ZoneId zone() {
        Optional<Text> text = fields.text("time_zone");
        try {
            return text.isEmpty() ? ZoneOffset.UTC : ZoneId.of(text.get().value());
        } catch (DateTimeException e) {
            text.ifPresent(bad -> bad.problem(bad.shown() + " is no time zone; expected a name such as Asia/Shanghai"));
            return ZoneOffset.UTC;
        }
    }

    private static String word(Quantity quantity) {
        return WORDS.getOrDefault(quantity, "");
    }
}
