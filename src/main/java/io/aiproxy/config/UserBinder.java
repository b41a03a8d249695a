package io.aiproxy.config;

import java.util.List;
import java.util.Optional;

/** The entries under {@code users:}. One binder for all of them, because no key may belong to two. */
final class UserBinder {
    private final GrantReader grants;
    private final UserGroups groups;
    private final KeyReader keys;
    /** Who callers without a key are; such a user needs none. */
    private final Optional<String> anonymous;

    UserBinder(GrantReader grants, UserGroups groups, Optional<String> anonymous) {
        this.grants = grants;
        this.groups = groups;
        this.keys = new KeyReader(grants);
        this.anonymous = anonymous;
    }

    /** The user; empty if it is no mapping. If it has problems, the caller must not use it. */
    Optional<UserConfig> bind(String id, Value at) {
        Rules.checkUserId(id, at);
        Optional<NodeReader> fields = at.fields();
        return fields.isPresent() ? Optional.of(user(id, fields.get())) : Optional.empty();
    }

    private UserConfig user(String id, NodeReader fields) {
        List<String> memberOf = groups.named(fields);
        UserGroups.Rights given = groups.of(memberOf);
        Grants granted = channels(fields, given.channels(), groups.known(memberOf));
        ModelScope models = given.models().within(Rules.models(fields));
        boolean withoutKey = anonymous.isPresent() && anonymous.get().equals(id);
        UserConfig user = new UserConfig(
                id,
                fields.label("name", id),
                fields.label("department", ""),
                fields.label("contact", ""),
                fields.choice("status", Status.class, Status.ACTIVE),
                Rules.tags(fields),
                memberOf,
                granted.distinct(),
                models,
                keys.read(fields, new KeyReader.Owner(granted, given.channels().isPresent(), models, withoutKey)),
                Rules.networks(fields.texts("allowed_ips")),
                LimitReader.read(fields));
        fields.done();
        return user;
    }

    private Grants channels(NodeReader fields, Optional<Grants> given, boolean known) {
        Value at = fields.valueOrNull("channels");
        if (at == null) {
            if (given.isEmpty() && known) {
                fields.problem("channels", "is missing; the channels that the user may use, e.g. [bailian, openai]");
            }
            return given.orElse(Grants.NONE);
        }
        Grants own = grants.read(at);
        return given.isEmpty() ? own : GrantReader.narrowed(at, own, given.get(), "the user's groups");
    }
}
