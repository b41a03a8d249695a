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

    /** More would not fit when they are counted in millionths. */
    private static final int PLAIN_DIGITS = 12;

    private static final Optional<LimitConfig.Window> MINUTE = sliding(Duration.ofMinutes(1));
    private static final Map<String, Optional<LimitConfig.Window>> NAMED = Map.of(
            "second", sliding(Duration.ofSeconds(1)),
            "minute", MINUTE,
            "hour", sliding(Duration.ofHours(1)),
            "day", sliding(Duration.ofDays(1)),
            "week", sliding(Duration.ofDays(7)));
    private static final Map<String, LimitConfig.Calendar.Unit> CALENDAR = Map.of(
            "calendar-day", LimitConfig.Calendar.Unit.DAY,
            "calendar-week", LimitConfig.Calendar.Unit.WEEK,
            "calendar-month", LimitConfig.Calendar.Unit.MONTH);

    private static final List<String> BESIDE_MAX_BUDGET = List.of("budget_duration", "soft_budget");
    private static final Quantity[] QUANTITIES = Quantity.values();

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

    private static Optional<LimitConfig.Window> sliding(Duration length) {
        return Optional.of(new LimitConfig.Sliding(length));
    }

    /** The limits under {@code limits} of this mapping, and those that stand there in their short forms. */
    static List<LimitConfig> read(NodeReader owner) {
        List<LimitConfig> limits = read(owner, "limits");
        List<LimitConfig> shortForms = new LimitReader(owner).shortForms();
        if (shortForms.isEmpty()) {
            return limits;
        }
        List<LimitConfig> all = new ArrayList<>(limits);
        all.addAll(shortForms);
        return List.copyOf(all);
    }

    /** The limits under this key. */
    static List<LimitConfig> read(NodeReader owner, String key) {
        List<Value> items = owner.items(key);
        if (items.isEmpty()) {
            return List.of();
        }
        List<LimitConfig> limits = new ArrayList<>(items.size());
        for (Value item : items) {
            Optional<NodeReader> fields = item.fields();
            if (fields.isPresent()) {
                new LimitReader(fields.get()).limit().ifPresent(limits::add);
            }
        }
        return List.copyOf(limits);
    }

    private Optional<LimitConfig> limit() {
        Quantity quantity = null;
        int given = 0;
        for (Quantity each : QUANTITIES) {
            if (fields.has(word(each))) {
                quantity = each;
                given++;
            }
        }
        if (quantity == null || given != 1) {
            fields.problem("needs exactly one of requests, tokens, cost, concurrent and sockets, and the amount as its"
                    + " value, e.g. {requests: 60, per: minute}");
            return Optional.empty();
        }
        Optional<LimitConfig> limit = limit(quantity);
        fields.done();
        return limit;
    }

    private Optional<LimitConfig> limit(Quantity quantity) {
        Optional<Long> amount = amount(quantity, word(quantity));
        return amount.isEmpty()
                ? Optional.empty()
                : Optional.of(new LimitConfig(
                        quantity,
                        amount.get(),
                        fields.has("soft") ? amount(quantity, "soft") : Optional.empty(),
                        window(quantity),
                        models(),
                        fields.flag("shadow", false),
                        fields.choice("outage", LimitConfig.Outage.class, LimitConfig.Outage.LOCAL)));
    }

    private List<String> models() {
        List<Text> models = fields.texts("models");
        return models.isEmpty() ? List.of() : models.stream().map(Text::value).toList();
    }

    /** The keys that LiteLLM has made known, directly under whom they limit. */
    private List<LimitConfig> shortForms() {
        List<LimitConfig> limits = new ArrayList<>(0);
        shortForm(limits, Quantity.REQUESTS, "rpm_limit", MINUTE);
        shortForm(limits, Quantity.TOKENS, "tpm_limit", MINUTE);
        shortForm(limits, Quantity.CONCURRENT, "max_parallel_requests", Optional.empty());
        Optional<LimitConfig.Window> budget = fields.text("budget_duration").flatMap(LimitReader::budgetWindow);
        Optional<Long> soft = fields.has("soft_budget") ? amount(Quantity.COST, "soft_budget") : Optional.empty();
        if (fields.has("max_budget")) {
            if (!fields.has("budget_duration")) {
                fields.problem(
                        "max_budget", "needs budget_duration beside it, the time for which it is, e.g. 30d or 1mo");
            }
            amount(Quantity.COST, "max_budget")
                    .ifPresent(amount -> limits.add(new LimitConfig(
                            Quantity.COST, amount, soft, budget, List.of(), false, LimitConfig.Outage.LOCAL)));
            return limits;
        }
        for (String alone : BESIDE_MAX_BUDGET) {
            if (fields.has(alone)) {
                fields.problem(alone, "has a meaning beside max_budget only");
            }
        }
        return limits;
    }

    private void shortForm(List<LimitConfig> to, Quantity quantity, String key, Optional<LimitConfig.Window> window) {
        if (fields.has(key)) {
            amount(quantity, key)
                    .ifPresent(amount -> to.add(new LimitConfig(
                            quantity, amount, Optional.empty(), window, List.of(), false, LimitConfig.Outage.LOCAL)));
        }
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
        Text text = fields.textOrNull(key);
        if (text == null) {
            fields.problem(key, "is empty; expected a number");
            return Optional.empty();
        }
        long plain = plainNumber(text.value());
        if (plain >= 0) {
            return Optional.of(quantity == Quantity.COST ? plain * 1_000_000 : plain);
        }
        try {
            BigDecimal amount = new BigDecimal(text.value().replace("_", ""));
            BigDecimal whole =
                    quantity == Quantity.COST ? amount.multiply(MILLION).setScale(0, RoundingMode.HALF_UP) : amount;
            if (whole.signum() >= 0) {
                return Optional.of(whole.longValueExact());
            }
        } catch (ArithmeticException | NumberFormatException e) {
            // told below
        }
        String expected = quantity == Quantity.COST ? "an amount of money such as 50 or 0.5" : "a whole number";
        text.problem(text.shown() + " is not allowed; expected " + expected + ", not negative");
        return Optional.empty();
    }

    /** A whole number of not too many digits, as nearly all are; less than 0 if it must be looked at closely. */
    private static long plainNumber(String text) {
        if (text.isEmpty() || text.length() > PLAIN_DIGITS) {
            return -1;
        }
        long number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private Optional<LimitConfig.Window> window(Quantity quantity) {
        Text per = fields.textOrNull("per");
        if (!quantity.overTime()) {
            if (per != null) {
                per.problem("has no meaning for " + word(quantity)
                        + ", which counts what is there at the moment; remove it");
            }
            return Optional.empty();
        }
        if (per == null) {
            fields.problem(
                    "per",
                    "is missing; expected minute, hour, day, a duration such as 30d, calendar-day,"
                            + " calendar-week or calendar-month");
            return Optional.empty();
        }
        String word = per.value().toLowerCase(Locale.ROOT).replace('_', '-');
        LimitConfig.Calendar.Unit unit = CALENDAR.get(word);
        if (unit != null) {
            return Optional.of(new LimitConfig.Calendar(unit, zone()));
        }
        if (fields.has("time_zone")) {
            fields.problem("time_zone", "has a meaning with calendar-day, calendar-week and calendar-month only");
        }
        Optional<LimitConfig.Window> named = NAMED.get(word);
        if (named != null) {
            return named;
        }
        Optional<Duration> length = Units.duration(word);
        if (length.isEmpty() || length.get().compareTo(Duration.ofSeconds(1)) < 0) {
            per.problem(per.shown() + " is not allowed; expected minute, hour, day, a duration of at least"
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
