package io.aiproxy.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The entries under {@code user_groups:}, and what they give those who belong to them. */
final class UserGroups {
    private final Map<String, Value> written;
    private final Map<String, Own> own = new LinkedHashMap<>();
    private final Map<String, Rights> rights = new LinkedHashMap<>();
    private final Map<String, UserGroupConfig> configs = new LinkedHashMap<>();
    /** One list for all who belong to the same groups, and one object for what these give. */
    private final Map<List<String>, List<String>> named = new HashMap<>();

    private final Map<List<String>, Rights> ofSeveral = new HashMap<>();

    /**
     * What groups give.
     *
     * @param channels those that may be used, at most; empty if nothing is said about it
     * @param models those that may be asked for
     */
    record Rights(Optional<Grants> channels, ModelScope models) {
        static final Rights ALL = new Rights(Optional.empty(), ModelScope.ANY);
    }

    /** What a group says itself; the fields that it was read from are done with. */
    private record Own(NodeReader fields, UserGroupConfig config, Optional<Grants> channels, List<String> models) {}

    /** @param written the entries by id */
    UserGroups(Map<String, Value> written, GrantReader grants) {
        this.written = written;
        written.forEach((id, at) -> {
            Rules.checkUserGroupId(id, at);
            at.fields().ifPresent(fields -> own.put(id, read(id, fields, grants)));
        });
        own.forEach((id, group) -> resolve(id, group));
    }

    /** The groups by id, with what their parents leave them. */
    Map<String, UserGroupConfig> configs() {
        return Collections.unmodifiableMap(configs);
    }

    /** The groups that a user names, in that order; names of none are told. */
    List<String> named(NodeReader user) {
        List<Text> texts = user.texts("groups");
        if (texts.isEmpty()) {
            return List.of();
        }
        List<String> names = new ArrayList<>(texts.size());
        for (Text name : texts) {
            check(name);
            if (names.contains(name.value())) {
                name.problem("group " + name.shown() + " is named twice");
            }
            names.add(name.value());
        }
        return named.computeIfAbsent(names, List::copyOf);
    }

    /** Whether all of these are readable groups, so that what they give is known. */
    boolean known(List<String> groups) {
        return rights.keySet().containsAll(groups);
    }

    /** What a member of these gets: channels that any of them gives, models that any of them allows. */
    Rights of(List<String> groups) {
        return switch (groups.size()) {
            case 0 -> Rights.ALL;
            case 1 -> rights.getOrDefault(groups.get(0), Rights.ALL);
            default -> ofSeveral.computeIfAbsent(groups, this::together);
        };
    }

    private Rights together(List<String> groups) {
        List<Rights> several =
                groups.stream().map(id -> rights.getOrDefault(id, Rights.ALL)).toList();
        List<Grants> given =
                several.stream().flatMap(each -> each.channels().stream()).toList();
        return new Rights(
                given.isEmpty() ? Optional.empty() : Optional.of(Grants.union(given)),
                ModelScope.anyOf(several.stream().map(Rights::models).toList()));
    }

    private Own read(String id, NodeReader fields, GrantReader grants) {
        Optional<Text> parent = fields.text("parent");
        parent.ifPresent(name -> checkParent(id, name));
        Optional<Grants> channels = fields.value("channels").map(grants::read);
        List<String> models = Rules.models(fields);
        UserGroupConfig config = new UserGroupConfig(
                id,
                fields.label("name", id),
                parent.map(Text::value),
                fields.choice("status", Status.class, Status.ACTIVE),
                channels.map(Grants::distinct).orElse(List.of()),
                ModelScope.ANY.within(models),
                Rules.networks(fields.texts("allowed_ips")),
                LimitReader.read(fields),
                LimitReader.read(fields, "user_limits"));
        fields.done();
        return new Own(fields, config, channels, models);
    }

    private void checkParent(String id, Text parent) {
        Value at = written.get(parent.value());
        if (id.equals(parent.value())) {
            parent.problem("a group cannot be its own parent");
        } else if (at == null) {
            check(parent);
        } else if (at.isMap() && at.entries().containsKey("parent")) {
            parent.problem("group " + parent.shown() + " has a parent itself; groups nest one level deep, so name that "
                    + "one, or none");
        }
    }

    private void check(Text name) {
        if (!written.containsKey(name.value())) {
            String near = name.resolved() ? "" : Words.didYouMean(name.value(), written.keySet());
            String there =
                    written.isEmpty() ? "; there are none" : "; there are: " + String.join(", ", written.keySet());
            name.problem("group " + name.shown() + " is not under user_groups" + (near.isEmpty() ? there : near));
        }
    }

    private void resolve(String id, Own group) {
        Optional<Own> parent = group.config.parent().map(own::get);
        ModelScope models = parent.map(of -> ModelScope.ANY.within(of.models))
                .orElse(ModelScope.ANY)
                .within(group.models);
        Optional<Grants> above = parent.flatMap(Own::channels);
        Optional<Grants> channels = group.channels.isEmpty() || above.isEmpty()
                ? group.channels.or(() -> above)
                : Optional.of(within(group, group.channels.get(), above.get()));
        rights.put(id, new Rights(channels, models));
        UserGroupConfig said = group.config;
        configs.put(
                id,
                new UserGroupConfig(
                        id,
                        said.name(),
                        said.parent(),
                        said.status(),
                        channels.map(Grants::distinct).orElse(List.of()),
                        models,
                        said.allowedIps(),
                        said.limits(),
                        said.userLimits()));
    }

    private static Grants within(Own group, Grants wanted, Grants bounds) {
        Grants left = group.fields
                .value("channels")
                .map(at -> GrantReader.narrowed(at, wanted, bounds, "the group's parent"))
                .orElse(wanted);
        if (left.all().isEmpty() && !wanted.all().isEmpty()) {
            group.fields.problem(
                    "channels", "has none of the channels of the group's parent, so members could use none");
        }
        return left;
    }
}
