package io.aiproxy.channels;

import io.aiproxy.config.AuthConfig;
import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.ChannelGrant;
import io.aiproxy.config.CredentialConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.RequestHead;
import io.aiproxy.core.Secret;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The channels of one configuration snapshot and the rules by which some of them may serve a call. Immutable; called on
 * event loops: a call costs a few hash look-ups, and with one eligible channel nothing but the answer is allocated.
 */
public final class ChannelDirectory {
    /** The header (lower case) by which a caller may name the channel. Meant for the gateway: never sent on. */
    public static final String CHANNEL_HEADER = "x-aiproxy-channel";

    private static final CredentialConfig NO_CREDENTIAL = new CredentialConfig("none", Secret.of(""));

    private final Map<String, Entry> entries;

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

    /** A channel with what can be prepared. */
    private record Entry(ChannelConfig channel, List<Candidate> candidates, ModelPatterns models, boolean anyModel) {
        boolean active() {
            return channel.status() == Status.ACTIVE;
        }
    }

    private ChannelDirectory(Map<String, Entry> entries) {
        this.entries = entries;
    }

    /**
     * The directory of a snapshot.
     *
     * @throws IllegalArgumentException when a channel that asks for a credential has none, which a valid snapshot excludes
     */
    public static ChannelDirectory of(Snapshot snapshot) {
        Map<String, Entry> entries = new HashMap<>();
        snapshot.channels().forEach((id, channel) -> entries.put(id, entry(channel)));
        return new ChannelDirectory(entries);
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
     * <p>Within each rule by the grant's priority, then by order; a channel's credentials in their order before the next
     * channel.
     *
     * <p>A channel that takes no WebSockets is then no candidate for a handshake. What only such channels would serve is
     * refused, and not sent to one that the rules would not have chosen.
     *
     * @throws FailureException with CHANNEL_NOT_ALLOWED, CHANNEL_DISABLED, MODEL_NOT_FOUND or WEBSOCKET_NOT_SUPPORTED
     */
    public Choice choose(Request request) {
        Choice choice = byRules(request);
        return request.webSocket() ? new Choice(withWebSocket(choice.candidates()), choice.target()) : choice;
    }

    private Choice byRules(Request request) {
        String target = request.head().target();
        Entry prefixed = entries.get(PathPrefix.first(target));
        String header = request.head().headers().get(CHANNEL_HEADER);
        if (header != null && !header.isBlank()) {
            Entry named = entries.get(header.strip());
            boolean both =
                    named != null && prefixed != null && named.channel.id().equals(prefixed.channel.id());
            return explicit(request, named, both ? PathPrefix.strip(target) : target);
        }
        if (prefixed != null) {
            return explicit(request, prefixed, PathPrefix.strip(target));
        }
        List<Candidate> candidates = stuck(request);
        return new Choice(candidates != null ? candidates : byModel(request), target);
    }

    private Choice explicit(Request request, @Nullable Entry entry, String target) {
        if (entry == null || !isGranted(request.granted(), entry.channel.id())) {
            // One answer for a foreign channel and for none: callers must not learn which channels exist.
            throw refused(
                    FailureKind.CHANNEL_NOT_ALLOWED,
                    "This API key may not use the channel that is named in the path or in " + CHANNEL_HEADER
                            + "; it may use: " + ids(request.granted()) + ".");
        }
        if (!entry.active()) {
            throw disabled(entry.channel.id());
        }
        List<Candidate> candidates = request.sticky()
                .filter(bound -> bound.channel().equals(entry.channel.id()))
                .map(bound -> at(entry, bound.credential()))
                .orElse(entry.candidates);
        return new Choice(candidates, target);
    }

    private @Nullable List<Candidate> stuck(Request request) {
        if (request.sticky().isEmpty()) {
            return null;
        }
        Bound bound = request.sticky().get();
        Entry entry = entries.get(bound.channel());
        if (entry == null || !entry.active() || !isGranted(request.granted(), bound.channel())) {
            return null;
        }
        return at(entry, bound.credential());
    }

    /** The candidate with this credential; if it is gone, the first: accounts often keep their things when keys change. */
    private static List<Candidate> at(Entry entry, String credential) {
        for (Candidate candidate : entry.candidates) {
            if (candidate.credential().name().equals(credential)) {
                return List.of(candidate);
            }
        }
        return List.of(entry.candidates.get(0));
    }

    private List<Candidate> byModel(Request request) {
        List<Entry> active = active(request.granted());
        if (active.isEmpty()) {
            throw nothingActive(request.granted());
        }
        if (active.size() == 1) {
            return active.get(0).candidates;
        }
        List<Candidate> listed = new ArrayList<>();
        List<Candidate> open = new ArrayList<>();
        boolean any = request.model().isEmpty();
        for (Entry entry : active) {
            if (any || entry.models.matches(request.model())) {
                listed.addAll(entry.candidates);
            } else if (entry.anyModel) {
                open.addAll(entry.candidates);
            }
        }
        listed.addAll(open);
        if (listed.isEmpty()) {
            throw refused(
                    FailureKind.MODEL_NOT_FOUND,
                    "The model \"" + shortened(request.model())
                            + "\" is not served by any channel that this API key may"
                            + " use. GET /v1/models lists what is.");
        }
        return listed;
    }

    private static List<Candidate> withWebSocket(List<Candidate> candidates) {
        List<Candidate> able = new ArrayList<>(candidates.size());
        for (Candidate candidate : candidates) {
            if (candidate.channel().supportsWebsocket()) {
                able.add(candidate);
            }
        }
        if (able.isEmpty()) {
            String ids = candidates.stream()
                    .map(candidate -> candidate.channel().id())
                    .distinct()
                    .collect(Collectors.joining(", "));
            throw refused(
                    FailureKind.WEBSOCKET_NOT_SUPPORTED,
                    "No WebSockets at: " + ids + " (supports_websocket: false in the gateway's configuration). Use the"
                            + " HTTP form of this API or another channel, or ask the operator of the gateway.");
        }
        return able;
    }

    private List<Entry> active(List<ChannelGrant> granted) {
        List<Entry> active = new ArrayList<>(granted.size());
        for (ChannelGrant grant : inOrder(granted)) {
            Entry entry = entries.get(grant.channel());
            if (entry != null && entry.active() && !active.contains(entry)) {
                active.add(entry);
            }
        }
        return active;
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

    private static boolean isGranted(List<ChannelGrant> granted, String channel) {
        for (int i = 0; i < granted.size(); i++) {
            if (granted.get(i).channel().equals(channel)) {
                return true;
            }
        }
        return false;
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

    private static Entry entry(ChannelConfig channel) {
        List<CredentialConfig> credentials = channel.credentials();
        if (credentials.isEmpty()) {
            if (channel.auth().place() != AuthConfig.Place.NONE) {
                throw new IllegalArgumentException("channels." + channel.id()
                        + ": has no credential; give it an api_key, or auth: none if it asks for nothing");
            }
            credentials = List.of(NO_CREDENTIAL);
        }
        return new Entry(
                channel,
                credentials.stream()
                        .map(credential -> new Candidate(channel, credential))
                        .toList(),
                new ModelPatterns(channel.models(), channel.modelAliases().keySet()),
                channel.models().isEmpty());
    }
}
