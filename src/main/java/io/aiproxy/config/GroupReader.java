package io.aiproxy.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The entries under {@code groups:}. */
final class GroupReader {
    private static final Duration KEEP = Duration.ofHours(1);

    /** Ids of all channels; empty if they could not be read, and then no member is judged. */
    private final Optional<Set<String>> channels;

    private final Set<String> groups;

    GroupReader(Optional<Set<String>> channels, Set<String> groups) {
        this.channels = channels;
        this.groups = groups;
    }

    /** The group; empty if it is no mapping. If it has problems, the caller must not use it. */
    Optional<GroupConfig> bind(String id, Value at) {
        Rules.checkGroupId(id, at);
        if (channels.isPresent() && channels.get().contains(id)) {
            at.problem("is also the id of a channel; a user's channels may name both, so give the group another id");
        }
        return at.fields().map(fields -> {
            GroupConfig group = new GroupConfig(
                    id,
                    members(fields),
                    fields.choice("strategy", Strategy.class, Strategy.PRIORITY),
                    prefixes(fields),
                    session(fields));
            Rules.checkWeights(
                    fields,
                    "channels",
                    group.strategy(),
                    group.channels().stream().map(GroupConfig.Member::weight).toList());
            fields.done();
            return group;
        });
    }

    private List<GroupConfig.Member> members(NodeReader group) {
        Optional<Value> at = group.value("channels");
        if (at.isEmpty()) {
            group.problem(
                    "channels", "is missing; the group's members, e.g. [a, b] or {a: {weight: 2}, b: {weight: 1}}");
            return List.of();
        }
        List<GroupConfig.Member> members = at.get().isMap() ? fromMap(at.get()) : fromList(at.get());
        boolean nothing = at.get().isMap()
                ? at.get().entries().isEmpty()
                : at.get().isList() && at.get().items().isEmpty();
        if (nothing) {
            at.get().problem("must name at least one channel");
        }
        return List.copyOf(members);
    }

    private List<GroupConfig.Member> fromList(Value at) {
        List<GroupConfig.Member> members = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Value item : at.items()) {
            item.text().ifPresent(channel -> {
                check(channel.value(), channel.shown(), item);
                if (!seen.add(channel.value())) {
                    item.problem("channel " + channel.shown() + " is named twice");
                }
                members.add(new GroupConfig.Member(channel.value(), 1));
            });
        }
        return members;
    }

    private List<GroupConfig.Member> fromMap(Value at) {
        List<GroupConfig.Member> members = new ArrayList<>();
        at.entries().forEach((channel, share) -> {
            check(channel, Words.quoted(channel), share);
            Optional<NodeReader> fields = share.isNull() ? Optional.empty() : share.fields();
            int weight = fields.map(f -> f.integer("weight", 0, Rules.LARGEST_WEIGHT, 1))
                    .orElse(1);
            fields.ifPresent(NodeReader::done);
            members.add(new GroupConfig.Member(channel, weight));
        });
        return members;
    }

    private void check(String channel, String shown, Value at) {
        if (groups.contains(channel)
                && !channels.map(all -> all.contains(channel)).orElse(true)) {
            at.problem(shown + " is a group; a group has channels only");
        } else if (channels.isPresent() && !channels.get().contains(channel)) {
            String near = Words.didYouMean(channel, channels.get());
            at.problem("channel " + shown + " is not under channels"
                    + (near.isEmpty() ? "; there are: " + String.join(", ", channels.get()) : near));
        }
    }

    private static List<String> prefixes(NodeReader group) {
        List<Text> prefixes = group.texts("key_prefixes");
        prefixes.stream()
                .filter(prefix -> !Rules.visible(prefix.value()))
                .forEach(prefix -> prefix.problem(
                        "must be visible ASCII characters without spaces, as a proxy key " + "begins with them"));
        return prefixes.stream().map(Text::value).toList();
    }

    private static Optional<GroupConfig.Session> session(NodeReader group) {
        return group.value("session").flatMap(Value::fields).map(session -> {
            Optional<Text> header = session.text("header");
            header.filter(name -> !Rules.token(name.value()))
                    .ifPresent(name -> name.problem("is not a header name: letters, digits and - only"));
            List<Text> fields = session.texts("fields");
            fields.forEach(path -> Rules.checkBodyPath(path.value(), path.at()));
            if (!session.has("header") && fields.isEmpty()) {
                session.problem(
                        "needs header, fields or both, e.g. {header: x-session-id, fields: [prompt_cache_key]}");
            }
            GroupConfig.Session result = new GroupConfig.Session(
                    header.map(name -> name.value().toLowerCase(Locale.ROOT)),
                    fields.stream().map(Text::value).toList(),
                    session.span("keep", KEEP));
            session.done();
            return result;
        });
    }

    /** What a broken group is to whoever names it: known, so that it is not told twice, and without members. */
    static GroupConfig unreadable(String id) {
        return new GroupConfig(id, List.of(), Strategy.PRIORITY, List.of(), Optional.empty());
    }

    /** All groups that somebody wrote. */
    static Map<String, GroupConfig> named(Set<String> written, Map<String, GroupConfig> good) {
        Map<String, GroupConfig> all = new java.util.LinkedHashMap<>();
        written.forEach(id -> all.put(id, good.getOrDefault(id, unreadable(id))));
        return all;
    }
}
