package io.aiproxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code channels:} of a user, a key or a user group, as a list or as a mapping, of channels and groups. */
final class GrantReader {
    private static final int STANDARD_PRIORITY = 100;

    /** Channels by id; their priorities. Empty if channels.yaml could not be read, and then no name is judged. */
    private final Optional<Map<String, Integer>> priorities;

    private final Map<String, GroupConfig> groups;
    /** Groups that keys with certain beginnings are confined to. */
    private final List<GroupConfig> prefixed;
    /** What lists of names mean about which nothing has to be told: users by the thousand have the same few. */
    private final Map<List<String>, Grants> byNames = new HashMap<>();

    GrantReader(Optional<Map<String, Integer>> priorities, Map<String, GroupConfig> groups) {
        this.priorities = priorities;
        this.groups = groups;
        this.prefixed = groups.values().stream()
                .filter(group -> !group.keyPrefixes().isEmpty())
                .toList();
    }

    /** All channels that somebody wrote: a broken one is told as such and not also as missing wherever it is granted. */
    static Map<String, Integer> priorities(Set<String> written, Map<String, ChannelConfig> channels) {
        Map<String, Integer> priorities = new LinkedHashMap<>();
        written.forEach(id -> priorities.put(id, 100));
        channels.forEach((id, channel) -> priorities.put(id, channel.priority()));
        return priorities;
    }

    /** The grants, first choice first. */
    Grants read(Value at) {
        return at.isMap() ? told(at, fromMap(at)) : fromList(at);
    }

    private static Grants told(Value at, List<ChannelGrant> grants) {
        grants.sort(Comparator.comparingInt(ChannelGrant::priority)); // stable: equal ones stay as written
        if (grants.isEmpty() && isEmpty(at)) {
            at.source().problems().warn(at.field() + ": names no channel, so nothing can be called with it");
        }
        Grants read = new Grants(List.copyOf(grants));
        List<ChannelGrant> again = read.again();
        if (!again.isEmpty()) {
            again.stream().map(ChannelGrant::channel).distinct().forEach(channel -> at.source()
                    .problems()
                    .warn(at.field() + ": channel " + Words.quoted(channel)
                            + " is granted more than once, directly or through groups; its first place counts"));
        }
        return read;
    }

    private static boolean isEmpty(Value at) {
        return at.isMap() ? at.entries().isEmpty() : at.isList() && at.items().isEmpty();
    }

    /** Those of {@code wanted} that {@code bounds} has as well; the others are told, {@code whose} says what the bounds are. */
    static Grants narrowed(Value at, Grants wanted, Grants bounds, String whose) {
        for (String channel : wanted.outside(bounds)) {
            at.source()
                    .problems()
                    .warn(at.field() + ": channel " + Words.quoted(channel) + " is not among those of " + whose
                            + ", so it is not granted");
        }
        return wanted.within(bounds);
    }

    /** {@code channel:} of a key: the one channel that it reaches. */
    Grants one(Value at) {
        Optional<Text> text = at.text();
        if (text.isEmpty()) {
            return Grants.NONE;
        }
        if (groups.containsKey(text.get().value())) {
            at.problem(text.get().shown() + " is a group; write channels: ["
                    + text.get().value() + "] to name its members");
        }
        return read(at);
    }

    /**
     * What of it a key reaches: all, unless its beginning is among the {@code key_prefixes} of groups; then only the members
     * of those that name the longest such beginning.
     */
    List<ChannelGrant> of(DigestReader.Key key, Grants grants) {
        if (prefixed.isEmpty()) {
            return grants.distinct();
        }
        String beginning = key.beginning().text().reveal();
        int longest = prefixed.stream()
                .mapToInt(group -> longest(group, beginning))
                .max()
                .orElse(0);
        if (longest == 0) {
            tellIfUnknown(key, grants);
            return grants.distinct();
        }
        Set<String> meant = prefixed.stream()
                .filter(group -> longest(group, beginning) == longest)
                .map(GroupConfig::id)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Grants left = grants.through(meant);
        if (left.all().isEmpty() && !grants.all().isEmpty()) {
            key.at()
                    .source()
                    .problems()
                    .warn(key.at().field() + " begins with a key prefix of group " + String.join(", ", meant)
                            + ", through which it was granted no channel, so it reaches none; name the group under "
                            + "channels, or give the user a key with another beginning");
        }
        return left.distinct();
    }

    /** The length of the longest of a group's prefixes that the key begins with; 0: with none. */
    private static int longest(GroupConfig group, String beginning) {
        return group.keyPrefixes().stream()
                .filter(beginning::startsWith)
                .mapToInt(String::length)
                .max()
                .orElse(0);
    }

    /** Where only the digest of a key is here, it may begin with a group's key prefix without anybody knowing. */
    private void tellIfUnknown(DigestReader.Key key, Grants grants) {
        if (key.beginning().whole()) {
            return;
        }
        String known = key.beginning().text().reveal();
        for (GroupConfig group : prefixed) {
            boolean granted =
                    grants.all().stream().anyMatch(grant -> grant.group().equals(group.id()));
            Optional<String> longer = group.keyPrefixes().stream()
                    .filter(prefix -> prefix.startsWith(known))
                    .findFirst();
            if (granted && longer.isPresent()) {
                key.at()
                        .source()
                        .problems()
                        .warn(key.at().field() + ": whether this key begins with " + Words.quoted(longer.get())
                                + ", a key prefix of group " + group.id()
                                + ", is not known; give as much of its beginning as prefix");
            }
        }
    }

    private Grants fromList(Value at) {
        List<Value> items = at.items();
        List<Text> texts = new ArrayList<>(items.size());
        List<String> names = new ArrayList<>(items.size());
        for (Value item : items) {
            Text text = item.textOrNull();
            if (text != null) {
                texts.add(text);
                names.add(text.value());
            }
        }
        Grants same = byNames.get(names);
        if (same != null) {
            return same;
        }
        Problems problems = at.source().problems();
        int told = problems.told();
        Grants read = told(at, named(texts));
        if (problems.told() == told && !names.isEmpty()) {
            byNames.put(names, read);
        }
        return read;
    }

    private List<ChannelGrant> named(List<Text> texts) {
        List<ChannelGrant> grants = new ArrayList<>(texts.size());
        Set<String> seen = new HashSet<>();
        int place = 0;
        for (Text text : texts) {
            String name = text.value();
            check(name, text.resolved(), text.at());
            if (!seen.add(name)) {
                text.problem((groups.containsKey(name) ? "group " : "channel ") + text.shown() + " is named twice");
            }
            add(grants, name, ++place);
        }
        return grants;
    }

    private List<ChannelGrant> fromMap(Value at) {
        List<ChannelGrant> grants = new ArrayList<>();
        at.entries().forEach((name, rights) -> {
            check(name, false, rights);
            int standard = standardPriority(name);
            int priority = standard;
            Optional<NodeReader> fields = rights.isNull() ? Optional.empty() : rights.fields();
            if (fields.isPresent()) {
                priority = fields.get().integer("priority", 0, standard);
                fields.get().done();
            }
            add(grants, name, priority);
        });
        return grants;
    }

    /** A channel's own; a group's is that of its first member, so that its members stay together. */
    private int standardPriority(String name) {
        Map<String, Integer> known = priorities.orElse(Map.of());
        GroupConfig group = groups.get(name);
        if (group == null) {
            return known.getOrDefault(name, STANDARD_PRIORITY);
        }
        return group.channels().stream()
                .mapToInt(member -> known.getOrDefault(member.channel(), STANDARD_PRIORITY))
                .min()
                .orElse(STANDARD_PRIORITY);
    }

    private void add(List<ChannelGrant> grants, String name, int priority) {
        GroupConfig group = groups.get(name);
        if (group == null) {
            grants.add(new ChannelGrant(name, priority));
        } else {
            group.channels()
                    .forEach(member -> grants.add(new ChannelGrant(member.channel(), priority, name, member.weight())));
        }
    }

    private void check(String name, boolean resolved, Value at) {
        if (priorities.isPresent() && !priorities.get().containsKey(name) && !groups.containsKey(name)) {
            String shown = resolved ? "***" : Words.quoted(name);
            Set<String> known = new LinkedHashSet<>(priorities.get().keySet());
            known.addAll(groups.keySet());
            String near = Words.didYouMean(name, known);
            String there = known.isEmpty() ? "; there are none" : "; there are: " + String.join(", ", known);
            at.problem("channel " + shown + " is not in channels.yaml" + (near.isEmpty() ? there : near));
        }
    }
}
