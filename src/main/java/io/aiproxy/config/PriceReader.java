package io.aiproxy.config;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The entries under {@code prices:}. One reader for all of them, because no two may say the same of the same. */
final class PriceReader {
    static final String KEY = "prices";

    private static final int LONGEST_ID = 256;
    private static final int MOST_TIERS = 20;
    private static final Map<String, PriceConfig.Per> PER = new LinkedHashMap<>();

    static {
        for (PriceConfig.Per per : PriceConfig.Per.values()) {
            PER.put(per.word().toLowerCase(Locale.ROOT), per);
        }
    }

    private final MoneyConfig money;
    /** Ids of all channels; empty if they could not be read, and then no channel is judged. */
    private final Optional<Set<String>> channels;

    private final Problems problems;
    private final Map<Subject, String> subjects = new HashMap<>();

    /** What a price is of. */
    private record Subject(String channel, String model, Optional<Instant> validFrom) {}

    /** @param problems those of prices.yaml alone */
    PriceReader(MoneyConfig money, Optional<Set<String>> channels, Problems problems) {
        this.money = money;
        this.channels = channels;
        this.problems = problems;
    }

    /** The table in a file's mapping; none if there is no file or it could not be read, which is told already. */
    PriceTable table(Optional<NodeReader> root) {
        boolean flawless = problems.count() == 0;
        Optional<Value> written = root.flatMap(fields -> fields.value(KEY));
        Map<String, PriceConfig> entries = new LinkedHashMap<>();
        written.map(Value::entries).orElse(Map.of()).forEach((id, at) -> {
            int before = problems.count();
            Optional<PriceConfig> price = price(id, at);
            if (problems.count() == before) {
                price.ifPresent(good -> entries.put(id, good));
            }
        });
        boolean readable = written.map(Value::isMap).orElse(flawless);
        return new PriceTable(Collections.unmodifiableMap(entries), problems.sorted(), readable);
    }

    private Optional<PriceConfig> price(String id, Value at) {
        int before = problems.count();
        if (id.isBlank() || id.length() > LONGEST_ID || id.chars().anyMatch(Character::isISOControl)) {
            at.problem("the id of a price must be 1 to " + LONGEST_ID + " characters on one line");
        }
        return at.fields().flatMap(fields -> {
            Optional<Text> model = fields.required("model", "the model's name, or a pattern with *");
            Optional<Text> channel = fields.text("channel");
            String currency = currency(fields);
            PriceConfig.Per per = fields.choice("per", PER, PriceConfig.Per.MILLION);
            Optional<Instant> validFrom = fields.text("valid_from").flatMap(Times::begin);
            PriceConfig.Charges charges = charges(fields);
            List<PriceConfig.Tier> tiers = tiers(fields);
            fields.done();
            if (problems.count() == before && tiers.isEmpty() && isEmpty(charges)) {
                fields.problem("has no price; give at least one, e.g. input: 2.5, or 0 for what is free");
            }
            channel.ifPresent(this::checkChannel);
            String of = channel.map(Text::value).orElse("*");
            model.ifPresent(name -> checkSubject(id, name, new Subject(of, name.value(), validFrom)));
            return model.map(name -> new PriceConfig(id, of, name.value(), currency, per, validFrom, charges, tiers));
        });
    }

    private String currency(NodeReader fields) {
        Optional<Text> written = fields.text("currency");
        Optional<String> currency = written.flatMap(MoneyReader::currency);
        if (currency.isPresent() && money.rate(currency.get()).isEmpty()) {
            written.get()
                    .problem("has no rate: say under money: {rates: {" + currency.get()
                            + ": …}} in system.yaml how much " + money.currency() + " it is worth");
        }
        return currency.orElse(money.currency());
    }

    /** A channel may come later, or be away for a while: its prices are good all the same. */
    private void checkChannel(Text channel) {
        String id = channel.value();
        if (id.isBlank()) {
            channel.problem("is empty; leave it out for any channel");
        } else if (channels.isPresent()
                && id.indexOf('*') < 0
                && !channels.get().contains(id)) {
            channel.at()
                    .source()
                    .problems()
                    .warn(channel.at().field() + ": channel " + channel.shown() + " is not in channels.yaml"
                            + (channel.resolved() ? "" : Words.didYouMean(id, channels.get())));
        }
    }

    private void checkSubject(String id, Text model, Subject subject) {
        String first = subjects.putIfAbsent(subject, id);
        if (first != null) {
            model.problem("stands with the same channel and the same valid_from under prices." + Words.shownId(first)
                    + " already; one of them must go, or begin at another time");
        }
    }

    private static PriceConfig.Charges charges(NodeReader fields) {
        return new PriceConfig.Charges(
                amount(fields, "input"),
                amount(fields, "output"),
                amount(fields, "cached_input"),
                amount(fields, "cache_write"),
                amount(fields, "cache_write_hour"),
                amount(fields, "reasoning"),
                amount(fields, "audio_input"),
                amount(fields, "cached_audio_input"),
                amount(fields, "audio_output"),
                amount(fields, "image_input"),
                amount(fields, "image"),
                amount(fields, "request"),
                amount(fields, "second"),
                amount(fields, "character"));
    }

    private static Optional<BigDecimal> amount(NodeReader fields, String key) {
        return fields.text(key).flatMap(MoneyReader::amount);
    }

    private static boolean isEmpty(PriceConfig.Charges charges) {
        return charges.equals(PriceConfig.Charges.NONE);
    }

    private static List<PriceConfig.Tier> tiers(NodeReader entry) {
        List<PriceConfig.Tier> tiers = new ArrayList<>();
        for (Value item : entry.value("tiers").map(Value::items).orElse(List.of())) {
            item.fields().ifPresent(fields -> {
                int above = fields.integer("above", 1, 0);
                if (!fields.has("above")) {
                    fields.problem("above", "is missing; the tokens of input above which the tier holds");
                } else if (tiers.stream().anyMatch(tier -> tier.above() == above)) {
                    fields.problem("above", "is that of another tier");
                }
                PriceConfig.Charges charges = charges(fields);
                fields.done();
                if (isEmpty(charges)) {
                    fields.problem("has no price; give at least one, e.g. input: 2.5");
                }
                tiers.add(new PriceConfig.Tier(above, charges));
            });
        }
        if (tiers.size() > MOST_TIERS) {
            entry.problem("tiers", "must be " + MOST_TIERS + " at most");
        }
        return List.copyOf(tiers);
    }
}
