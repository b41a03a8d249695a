package io.aiproxy.channels;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.GroupConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Strategy;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The channels of one configuration snapshot and the rules by which some of them may serve a call. Immutable but for what it
 * has prepared for calls of a kind; called on event loops: a call costs a few hash look-ups, however many channels there are.
 */
public final class ChannelDirectory {
    /** The header (lower case) by which a caller may name the channel. Meant for the gateway: never sent on. */
    public static final String CHANNEL_HEADER = "x-aiproxy-channel";

    private static final CredentialConfig NO_CREDENTIAL = new CredentialConfig("none", Secret.of(""));

    /** Choices kept ready, in candidates: some megabytes at most. */
    private static final long MOST_PREPARED = 1_000_000;

    private final Map<String, Entry> entries;
    private final Map<String, GroupConfig> groups;
    private final Balancer balancer;
    /** By the very list, which is one object for each key; what is granted to several keys alike is found by content. */
    private final Cache<List<ChannelGrant>, Granted> byList =
            Caffeine.newBuilder().weakKeys().executor(Runnable::run).build();

    private final Cache<List<ChannelGrant>, Granted> byContent =
            Caffeine.newBuilder().weakValues().executor(Runnable::run).build();
    private final Cache<Kind, Options> byKind = Caffeine.newBuilder()
            .maximumWeight(MOST_PREPARED)
            .weigher((Kind kind, Options options) -> 16 + options.size() + kind.model.length() / 8)
            .executor(Runnable::run)
            .build();
    /** Members of a group take turns among all callers. */
    private final Cache<Granted.Members, Tier> tiers =
            Caffeine.newBuilder().weakValues().executor(Runnable::run).build();

    /**
     * What a choice depends on.
     *
     * @param granted the channels that the key may use
     * @param head the request as it arrived
     * @param model the model asked for; empty when the request names none
     * @param sticky where the thing lives that the request refers to
     * @param webSocket it is a WebSocket handshake, which only some channels take
     */
    public record Request(
            List<ChannelGrant> granted, RequestHead head, String model, Optional<Bound> sticky, boolean webSocket) {}

    /** Calls that are served alike. */
    private record Kind(Granted granted, String model, boolean webSocket) {}

    private ChannelDirectory(Map<String, Entry> entries, Map<String, GroupConfig> groups, Balancer balancer) {
        this.entries = entries;
        this.groups = groups;
        this.balancer = balancer;
    }

    /** As {@link #of(Snapshot, Balancer)}, with nothing remembered of anybody. */
    public static ChannelDirectory of(Snapshot snapshot) {
        return of(snapshot, new Balancer(Ticker.SYSTEM));
    }

    /**
     * The directory of a snapshot.
     *
     * @param balancer what is remembered of channels and credentials that stay the same
     * @throws IllegalArgumentException when a channel that asks for a credential has none, which a valid snapshot excludes
     */
    public static ChannelDirectory of(Snapshot snapshot, Balancer balancer) {
        Map<String, Entry> entries = new HashMap<>();
        snapshot.channels().forEach((id, channel) -> entries.put(id, entry(channel, balancer.health())));
        return new ChannelDirectory(entries, snapshot.groups(), balancer);
    }

    /** This directory's snapshot has come into force: health is kept for its candidates and no others. */
    public void inForce() {
        Map<String, ChannelSeat> seats = new HashMap<>();
        entries.forEach((id, entry) -> seats.put(id, entry.seat()));
        balancer.health().inForce(seats);
    }

    /** Every candidate of an active channel, for those who ask them how they are. */
    public List<Candidate> candidates() {
        return entries.values().stream()
                .filter(Entry::active)
                .flatMap(entry -> entry.candidates().stream())
                .toList();
    }

    /** The candidates of a choice in the order in which they are to be tried. */
    public Order order(Choice choice, SessionNames names) {
        return balancer.order(choice, names);
    }

    /**
     * The candidates for a call, by the first rule that applies:
     *
     * <ol>
     *   <li>the caller names the channel, by {@link #CHANNEL_HEADER} or by the first path segment: that one. Where both are
     *       given the header counts, so that a path that only looks like a channel's can be sent; a first segment that
     *       names the same channel is removed in either case
     *   <li>the request refers to something that lives at a channel: that one, with the credential that made it
     *   <li>one channel only is granted and active: that one, whatever its model list says
     *   <li>the model: channels that list it (or have an alias for it) before channels that list nothing
     * </ol>
     *
     * <p>Within each rule by the grant's priority, then by order; the members of a group with one priority stand beside
     * each other. A channel's credentials come before the next channel. {@link #order} then says who is tried first.
     *
     * <p>A channel that takes no WebSockets is then no candidate for a handshake. What only such channels would serve is
     * refused, and not sent to one that the rules would not have chosen.
     *
     * @throws FailureException with CHANNEL_NOT_ALLOWED, CHANNEL_DISABLED, MODEL_NOT_FOUND or WEBSOCKET_NOT_SUPPORTED
     */
    public Choice choose(Request request) {
        String target = request.head().target();
        Entry prefixed = entries.get(PathPrefix.first(target));
        String header = request.head().headers().get(CHANNEL_HEADER);
        if (header != null && !header.isBlank()) {
            Entry named = entries.get(header.strip());
            boolean both = named != null && prefixed != null && named.id().equals(prefixed.id());
            return explicit(request, named, both ? PathPrefix.strip(target) : target);
        }
        if (prefixed != null) {
            return explicit(request, prefixed, PathPrefix.strip(target));
        }
        Options stuck = stuck(request);
        return new Choice(stuck != null ? stuck : byModel(request), target);
    }

    private Choice explicit(Request request, @Nullable Entry entry, String target) {
        if (entry == null || !granted(request.granted()).includes(entry.id())) {
            // One answer for a foreign channel and for none: callers must not learn which channels exist.
            throw refused(
                    FailureKind.CHANNEL_NOT_ALLOWED,
                    "This API key may not use the channel that is named in the path or in " + CHANNEL_HEADER
                            + "; it may use: " + ids(request.granted()) + ".");
        }
        if (!entry.active()) {
            throw disabled(entry.id());
        }
        Options options = request.sticky()
                .filter(bound -> bound.channel().equals(entry.id()))
                .map(bound -> at(entry, bound.credential()))
                .orElse(entry.alone());
        return new Choice(able(options, List.of(entry), request), target);
    }

    private @Nullable Options stuck(Request request) {
        if (request.sticky().isEmpty()) {
            return null;
        }
        Bound bound = request.sticky().get();
        Entry entry = entries.get(bound.channel());
        if (entry == null || !entry.active() || !granted(request.granted()).includes(bound.channel())) {
            return null;
        }
        return able(at(entry, bound.credential()), List.of(entry), request);
    }

    /** The candidate with this credential; if it is gone, the first: accounts often keep their things when keys change. */
    private static Options at(Entry entry, String credential) {
        for (Candidate candidate : entry.candidates()) {
            if (candidate.credential().name().equals(credential)) {
                return Options.of(candidate);
            }
        }
        return Options.of(entry.candidates().get(0));
    }

    private Options byModel(Request request) {
        Granted granted = granted(request.granted());
        if (granted.rights().isEmpty()) {
            throw nothingActive(request.granted());
        }
        Options only = granted.only();
        if (only != null) {
            return able(only, List.of(granted.rights().get(0).entry()), request);
        }
        Kind kind = new Kind(granted, request.model(), request.webSocket());
        Options known = byKind.getIfPresent(kind);
        if (known == null) {
            known = options(kind, request);
            byKind.put(kind, known);
        }
        return known;
    }

    private Options options(Kind kind, Request request) {
        boolean any = kind.model.isEmpty();
        Predicate<Entry> listed = entry -> any || entry.serves(kind.model);
        List<Entry> serving = kind.granted.rights().stream()
                .map(Granted.Right::entry)
                .filter(listed.or(Entry::anyModel))
                .toList();
        if (serving.isEmpty()) {
            throw refused(
                    FailureKind.MODEL_NOT_FOUND,
                    "The model \"" + shortened(request.model())
                            + "\" is not served by any channel that this API key may"
                            + " use. GET /v1/models lists what is.");
        }
        List<Entry> able =
                serving.stream().filter(entry -> able(entry, request)).toList();
        if (able.isEmpty()) {
            throw noWebSockets(serving);
        }
        return kind.granted.options(
                listed.and(entry -> able(entry, request)),
                entry -> entry.anyModel() && able(entry, request),
                this::tier);
    }

    private Tier tier(List<Granted.Right> rights) {
        String group = rights.get(0).grant().group();
        if (group.isEmpty()) {
            return rights.get(0).entry().alone().tiers().get(0);
        }
        GroupConfig config = groups.getOrDefault(
                group, new GroupConfig(group, List.of(), Strategy.PRIORITY, List.of(), Optional.empty()));
        return tiers.get(Granted.members(rights), members -> Granted.tier(rights, config, balancer.health()));
    }

    private static boolean able(Entry entry, Request request) {
        return !request.webSocket() || entry.channel().supportsWebsocket();
    }

    /** The options if these channels may serve the call at all. */
    private static Options able(Options options, List<Entry> entries, Request request) {
        if (entries.stream().noneMatch(entry -> able(entry, request))) {
            throw noWebSockets(entries);
        }
        return options;
    }

    private static FailureException noWebSockets(List<Entry> entries) {
        String ids = entries.stream().map(Entry::id).collect(Collectors.joining(", "));
        return refused(
                FailureKind.WEBSOCKET_NOT_SUPPORTED,
                "No WebSockets at: " + ids + " (supports_websocket: false in the gateway's configuration). Use the"
                        + " HTTP form of this API or another channel, or ask the operator of the gateway.");
    }

    private Granted granted(List<ChannelGrant> grants) {
        Granted known = byList.getIfPresent(grants);
        if (known == null) {
            known = byContent.get(List.copyOf(grants), this::active);
            byList.put(grants, known);
        }
        return known;
    }

    private Granted active(List<ChannelGrant> grants) {
        List<Granted.Right> active = new ArrayList<>(grants.size());
        Set<String> seen = new HashSet<>();
        for (ChannelGrant grant : inOrder(grants)) {
            Entry entry = entries.get(grant.channel());
            if (seen.add(grant.channel()) && entry != null && entry.active()) {
                active.add(new Granted.Right(entry, grant));
            }
        }
        return new Granted(List.copyOf(active), Set.copyOf(seen), this::tier);
    }

    private FailureException nothingActive(List<ChannelGrant> granted) {
        for (ChannelGrant grant : granted) {
            if (entries.containsKey(grant.channel())) {
                return disabled(ids(granted));
            }
        }
        return refused(
                FailureKind.CHANNEL_NOT_ALLOWED,
                "This API key may not use any channel. Ask the operator of the gateway to grant it one.");
    }

    /** Access has them sorted already; looking costs nothing, and a choice must not depend on it. */
    private static List<ChannelGrant> inOrder(List<ChannelGrant> granted) {
        for (int i = 1; i < granted.size(); i++) {
            if (granted.get(i - 1).priority() > granted.get(i).priority()) {
                List<ChannelGrant> sorted = new ArrayList<>(granted);
                sorted.sort(Comparator.comparingInt(ChannelGrant::priority)); // stable
                return sorted;
            }
        }
        return granted;
    }

    private static String ids(List<ChannelGrant> granted) {
        return granted.stream().map(ChannelGrant::channel).collect(Collectors.joining(", "));
    }

    private static FailureException disabled(String channels) {
        return refused(
                FailureKind.CHANNEL_DISABLED,
                "Disabled at the moment: " + channels + ". Ask the operator of the gateway, or use another channel.");
    }

    /** A model name comes from the caller and goes into messages. */
    private static String shortened(String model) {
        return model.length() <= 100 ? model : model.substring(0, 100) + "...";
    }

    private static FailureException refused(FailureKind kind, String message) {
        return Failure.of(kind, message).asException();
    }

    private static Entry entry(ChannelConfig channel, Health health) {
        List<CredentialConfig> credentials = channel.credentials();
        if (credentials.isEmpty()) {
            if (channel.auth().place() != AuthConfig.Place.NONE) {
                throw new IllegalArgumentException("channels." + channel.id()
                        + ": has no credential; give it an api_key, or auth: none if it asks for nothing");
            }
            credentials = List.of(NO_CREDENTIAL);
        }
        return new Entry(channel, credentials, health);
    }
}
