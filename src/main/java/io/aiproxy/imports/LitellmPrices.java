package io.aiproxy.imports;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * LiteLLM's price list, {@code model_prices_and_context_window.json}: an object of models, each with prices in USD for one
 * token, image, second or character (github.com/BerriAI/litellm, entry {@code sample_spec} of that file).
 */
final class LitellmPrices {
    private static final String FILE = "model_prices_and_context_window.json";
    private static final String SAMPLE = "sample_spec";
    private static final Pattern ABOVE = Pattern.compile("(.+)_above_([0-9]{1,6})k_tokens");

    /** What is paid for each token there, and for a million here. */
    private static final Map<String, String> TOKENS = Map.of(
            "input_cost_per_token", "input",
            "output_cost_per_token", "output",
            "cache_read_input_token_cost", "cached_input",
            "cache_creation_input_token_cost", "cache_write",
            "cache_creation_input_token_cost_above_1hr", "cache_write_hour",
            "output_cost_per_reasoning_token", "reasoning",
            "input_cost_per_audio_token", "audio_input",
            "cache_read_input_audio_token_cost", "cached_audio_input",
            "output_cost_per_audio_token", "audio_output",
            "input_cost_per_image_token", "image_input");

    /** What is paid for one each, in the order of this list where two of them mean the same. */
    private static final List<Map.Entry<String, String>> ONES = List.of(
            Map.entry("output_cost_per_image", "image"),
            Map.entry("input_cost_per_second", "second"),
            Map.entry("output_cost_per_second", "second"),
            Map.entry("input_cost_per_character", "character"),
            Map.entry("input_cost_per_request", "request"));

    /** Making images is paid for by this, where looking at them is where the model does not make any. */
    private static final String IMAGE = "input_cost_per_image";

    private static final Set<String> MAKES_IMAGES = Set.of("image_generation", "image_edit");

    private final Imports imports;
    private final Report report;
    private final Draft draft;
    private final Map<String, Integer> leftOut = new TreeMap<>();
    private int doubles;

    LitellmPrices(Imports imports) {
        this.imports = imports;
        this.report = imports.report();
        this.draft = imports.draft();
    }

    void run() throws ImportException {
        List<Path> given = imports.sources().unused();
        Path file = given.isEmpty()
                ? imports.sources()
                        .named(FILE)
                        .orElseThrow(() -> new ImportException("there is no " + FILE + " in what was named"))
                : given.get(0);
        Place top = Place.of(Sources.name(file));
        JsonNode root = imports.structure(file);
        if (!root.isObject()) {
            throw new ImportException(top.file() + " is no object of models; is it LiteLLM's price list?");
        }
        List<Priced> later = new ArrayList<>();
        root.properties().forEach(field -> {
            if (field.getKey().equals(SAMPLE)) {
                return;
            }
            Priced priced = priced(field.getKey(), field.getValue(), top);
            if (priced.bare()) {
                put(priced);
            } else {
                later.add(priced);
            }
        });
        later.forEach(this::put);
        told();
    }

    /**
     * A model with its prices.
     *
     * @param bare whether LiteLLM calls it as its provider does; these go before those of which it says the provider, too
     */
    private record Priced(String model, boolean bare, Map<String, Object> prices) {}

    private Priced priced(String name, JsonNode from, Place top) {
        String prefix = from.path("litellm_provider").asText("") + "/";
        boolean bare = !name.startsWith(prefix) || name.length() == prefix.length();
        String model = bare ? name : name.substring(prefix.length());
        Map<String, Object> prices = new LinkedHashMap<>();
        Map<Integer, Map<String, Object>> tiers = new TreeMap<>();
        from.properties().forEach(field -> {
            String word = field.getKey();
            JsonNode price = field.getValue();
            if (!word.contains("cost") || price.isNull()) {
                return;
            }
            if (price.isContainerNode()) {
                count(word);
                return;
            }
            if (!price.isNumber() || price.decimalValue().signum() < 0) {
                report.looksWrong(top.at(name).at(word), "is no price; not taken");
                return;
            }
            Matcher above = ABOVE.matcher(word);
            String plain = above.matches() ? above.group(1) : word;
            if (TOKENS.containsKey(plain)) {
                Map<String, Object> into = above.matches()
                        ? tiers.computeIfAbsent(Integer.parseInt(above.group(2)) * 1_000, any -> new LinkedHashMap<>())
                        : prices;
                into.put(TOKENS.get(plain), plain(price.decimalValue().scaleByPowerOfTen(6)));
            } else if (!one(word, price.decimalValue(), from, prices)) {
                count(word);
            }
        });
        if (!prices.isEmpty() && !tiers.isEmpty()) {
            prices.put("tiers", tiers(tiers));
        }
        if (model.indexOf('*') >= 0) { // that would be a pattern here
            report.looksWrong(top.at(name), "has an asterisk in its name; not taken");
            prices.clear();
        }
        return new Priced(model, bare, prices);
    }

    private static boolean one(String word, BigDecimal price, JsonNode from, Map<String, Object> prices) {
        if (word.equals(IMAGE)) {
            if (MAKES_IMAGES.contains(from.path("mode").asText(""))) {
                prices.putIfAbsent("image", plain(price));
                return true;
            }
            return price.signum() == 0;
        }
        for (Map.Entry<String, String> one : ONES) {
            if (one.getKey().equals(word)) {
                boolean better = one.getKey().startsWith("input") && price.signum() > 0;
                if (better || !prices.containsKey(one.getValue())) {
                    prices.put(one.getValue(), plain(price));
                }
                return true;
            }
        }
        return price.signum() == 0;
    }

    private static List<Object> tiers(Map<Integer, Map<String, Object>> tiers) {
        List<Object> list = new ArrayList<>();
        tiers.forEach((above, prices) -> {
            Map<String, Object> tier = new LinkedHashMap<>();
            tier.put("above", above);
            tier.putAll(prices);
            list.add(Yaml.inline(tier));
        });
        return list;
    }

    private static BigDecimal plain(BigDecimal price) {
        return price.signum() == 0 ? BigDecimal.ZERO : price.stripTrailingZeros();
    }

    private void count(String word) {
        leftOut.merge(word, 1, Integer::sum);
    }

    private void put(Priced priced) {
        if (priced.prices().isEmpty()) {
            return;
        }
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("model", priced.model());
        entry.put("currency", "USD");
        entry.putAll(priced.prices());
        Object there = draft.prices().putIfAbsent(priced.model(), Yaml.inline(entry));
        if (there == null) {
            report.taken("price");
        } else if (!there.equals(Yaml.inline(entry))) {
            doubles++;
        }
    }

    private void told() {
        leftOut.forEach((word, models) -> report.note(word + " of " + models + (models == 1 ? " model" : " models")
                + " is not taken: there is no such price here"));
        if (doubles > 0) {
            report.note("Other prices at further providers, of " + doubles + (doubles == 1 ? " model" : " models")
                    + ", were not taken: write an entry with channel: for those that you use.");
        }
        report.note("Prices are in USD; if costs are booked in another currency, give its rate in system.yaml:"
                + " money: {currency: CNY, rates: {USD: …}}.");
        report.note("LiteLLM's list is made by volunteers: check the prices of the models that you use against your"
                + " contract.");
    }
}
