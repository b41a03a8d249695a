package io.aiproxy.usage;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.PriceConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.core.Wildcard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The price table of one configuration snapshot. What is found for a channel and a model is remembered, so that looking it up
 * again neither searches nor allocates. Immutable but for that memory; any thread.
 *
 * <p>Of the entries that fit channel and model the one that says most of them counts (an id before a pattern, first of the
 * channel, then of the model), and of its equals the one with the latest {@code valid_from} that is not after the beginning of
 * the call. The model that the answer named is looked up first, then the name that the channel has for the model asked for,
 * then that model itself; an entry for any model counts only where none of the other names has one that says more.
 */
public final class Prices implements Pricing {
    /** Nothing has a price. */
    public static final Prices EMPTY = new Prices("", List.of(), List.of());

    private static final Tariff[] NOTHING = {};

    private final String currency;
    /** Those that name one model, in the order of preference. */
    private final Map<String, List<Tariff>> byModel = new HashMap<>();
    /** Those with a pattern, in the order of preference. */
    private final List<Tariff> patterns = new ArrayList<>();

    private final Map<String, ChannelConfig> channels = new HashMap<>();
    private final List<ChannelConfig> active = new ArrayList<>();

    private final NameMemory<Tariff[]> found = new NameMemory<>();
    private final NameMemory<Tariff[][]> foundAnywhere = new NameMemory<>();

    private Prices(String currency, List<Tariff> tariffs, Iterable<ChannelConfig> channels) {
        this.currency = currency;
        for (Tariff tariff : tariffs) {
            if (tariff.namesItsModel()) {
                byModel.computeIfAbsent(tariff.config().model(), model -> new ArrayList<>())
                        .add(tariff);
            } else {
                patterns.add(tariff);
            }
        }
        for (ChannelConfig channel : channels) {
            this.channels.put(channel.id(), channel);
            if (channel.status() == Status.ACTIVE) {
                active.add(channel);
            }
        }
    }

    /** The prices of a snapshot. */
    public static Prices of(Snapshot snapshot) {
        List<Tariff> tariffs = snapshot.prices().entries().values().stream()
                .map(config -> Tariff.of(config, snapshot.system().money()))
                .sorted(Tariff.PREFERENCE)
                .toList();
        return new Prices(
                snapshot.system().money().currency(),
                tariffs,
                snapshot.channels().values());
    }

    /** The currency in which everything is told. */
    public String currency() {
        return currency;
    }

    /** The entry that counts for a model at a channel; empty where there is none. */
    public Optional<PriceConfig> entry(String channel, String model, long atMillis) {
        return Optional.ofNullable(best(channel, model, "", atMillis)).map(Tariff::config);
    }

    @Override
    public Price of(Sale sale) {
        if (byModel.isEmpty() && patterns.isEmpty()) {
            return Price.UNKNOWN;
        }
        if (sale.channel().isEmpty()) {
            return anywhere(sale);
        }
        Tariff tariff = best(sale.channel(), sale.modelAsked(), sale.modelAnswered(), sale.atMillis());
        return tariff == null ? Price.UNKNOWN : new Price(tariff.of(sale.usage()), currency, true);
    }

    private @Nullable Tariff best(String channel, String asked, String answered, long atMillis) {
        Tariff best = answered.isEmpty() ? null : first(fitting(channel, answered), atMillis);
        if (best != null && !best.forAnyModel()) {
            return best;
        }
        String own = ownName(channel, asked);
        best = better(best, first(fitting(channel, own), atMillis));
        return own.equals(asked) || (best != null && !best.forAnyModel())
                ? best
                : better(best, first(fitting(channel, asked), atMillis));
    }

    private static @Nullable Tariff better(@Nullable Tariff best, @Nullable Tariff other) {
        return best == null || (other != null && other.saysMoreThan(best)) ? other : best;
    }

    private String ownName(String channel, String model) {
        ChannelConfig config = channels.get(channel);
        return config == null ? model : config.modelAliases().getOrDefault(model, model);
    }

    private static @Nullable Tariff first(Tariff[] fitting, long atMillis) {
        for (Tariff tariff : fitting) {
            if (tariff.holdsAt(atMillis)) {
                return tariff;
            }
        }
        return null;
    }

    /** All that fit, in the order of preference. */
    private Tariff[] fitting(String channel, String model) {
        Tariff[] known = found.get(channel, model);
        return known != null ? known : found.put(channel, model, search(channel, model));
    }

    private Tariff[] search(String channel, String model) {
        List<Tariff> fitting = new ArrayList<>();
        for (Tariff tariff : byModel.getOrDefault(model, List.of())) {
            if (tariff.fitsChannel(channel)) {
                fitting.add(tariff);
            }
        }
        for (Tariff tariff : patterns) {
            if (tariff.fitsModel(model) && tariff.fitsChannel(channel)) {
                fitting.add(tariff);
            }
        }
        fitting.sort(Tariff.PREFERENCE);
        return fitting.isEmpty() ? NOTHING : fitting.toArray(NOTHING);
    }

    /** Before a channel is chosen: as dear as it can become at any channel that serves the model. */
    private Price anywhere(Sale sale) {
        String model = sale.modelAsked();
        Tariff[][] known = foundAnywhere.get("", model);
        Tariff[][] places = known != null ? known : foundAnywhere.put("", model, searchAnywhere(model));
        long dearest = -1;
        for (Tariff[] place : places) {
            Tariff tariff = first(place, sale.atMillis());
            if (tariff != null) {
                dearest = Math.max(dearest, tariff.of(sale.usage()));
            }
        }
        return dearest < 0 ? Price.UNKNOWN : new Price(dearest, currency, true);
    }

    /** What fits at each channel, without what is the same at several. */
    private Tariff[][] searchAnywhere(String model) {
        List<List<Tariff>> places = new ArrayList<>();
        for (ChannelConfig channel : active) {
            if (serves(channel, model)) {
                Tariff[] own = search(channel.id(), ownName(channel.id(), model));
                List<Tariff> fitting = List.of(own.length == 0 ? search(channel.id(), model) : own);
                if (!fitting.isEmpty() && !places.contains(fitting)) {
                    places.add(fitting);
                }
            }
        }
        return places.stream().map(place -> place.toArray(NOTHING)).toArray(Tariff[][]::new);
    }

    private static boolean serves(ChannelConfig channel, String model) {
        return channel.models().isEmpty()
                || channel.modelAliases().containsKey(model)
                || channel.models().stream().anyMatch(name -> Wildcard.of(name).matches(model));
    }
}
