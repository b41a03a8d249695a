package io.aiproxy.config;

import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.Secret;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The entries under {@code users:}. One binder for all of them, because no key may belong to two. */
final class UserBinder {
    private final GrantReader grants;
    /** Who callers without a key are; such a user needs none. */
    private final Optional<String> anonymous;

    private final Map<Secret, Value> keys = new HashMap<>();

    UserBinder(GrantReader grants, Optional<String> anonymous) {
        this.grants = grants;
        this.anonymous = anonymous;
    }

    /** The user; empty if it is no mapping. If it has problems, the caller must not use it. */
    Optional<UserConfig> bind(String id, Value at) {
        Rules.checkUserId(id, at);
        return at.fields().map(fields -> user(id, fields));
    }

    private UserConfig user(String id, NodeReader fields) {
        Optional<Value> channels = fields.value("channels");
        if (channels.isEmpty()) {
            fields.problem("channels", "is missing; the channels that the user may use, e.g. [bailian, openai]");
        }
        Grants granted = channels.map(grants::read).orElse(Grants.NONE);
        UserConfig user = new UserConfig(
                id,
                fields.label("name", id),
                fields.label("department", ""),
                fields.label("contact", ""),
                fields.choice("status", Status.class, Status.ACTIVE),
                List.of(),
                List.of(),
                granted.distinct(),
                ModelScope.ANY,
                keys(id, fields, granted),
                Rules.networks(fields.texts("allowed_ips")),
                LimitReader.read(fields));
        fields.done();
        return user;
    }

    private List<KeyConfig> keys(String id, NodeReader user, Grants granted) {
        user.either("keys", "proxy_key");
        Optional<Text> single = user.text("proxy_key");
        Optional<Value> several = user.value("keys");
        boolean withoutKey = anonymous.isPresent() && anonymous.get().equals(id);
        if (!user.has("proxy_key") && several.isEmpty() && !withoutKey) {
            user.problem("keys", "is missing; at least one key, e.g. keys: [{proxy_key: …, name: laptop}]");
        }
        List<KeyConfig> keys = new ArrayList<>();
        single.ifPresent(text -> keys.add(bare(text, "default", granted)));
        Set<String> names = new HashSet<>();
        List<Value> items = several.map(Value::items).orElse(List.of());
        for (Value item : items) {
            key(item, "key-" + (keys.size() + 1), granted).ifPresent(key -> {
                keys.add(key);
                if (!names.add(key.name())) {
                    item.problem("name " + Words.quoted(key.name()) + " belongs to another key of this user");
                } else if (withoutKey && key.name().equals(SystemConfig.Anonymous.KEY_NAME)) {
                    item.problem("name " + Words.quoted(key.name()) + " stands for callers without a key, who are this "
                            + "user (system.yaml); choose another");
                }
            });
        }
        if (several.isPresent() && several.get().isList() && items.isEmpty() && !withoutKey) {
            several.get().problem("must have at least one key");
        }
        return List.copyOf(keys);
    }

    private KeyConfig bare(Text text, String name, Grants granted) {
        Secret key = proxyKey(text);
        List<ChannelGrant> channels = grants.of(key, granted, text.at());
        return new KeyConfig(
                KeyDigest.of(key.reveal()),
                "",
                name,
                Status.ACTIVE,
                Optional.empty(),
                Optional.empty(),
                channels,
                ModelScope.ANY,
                List.of(),
                List.of(),
                Optional.empty());
    }

    private Optional<KeyConfig> key(Value item, String standardName, Grants granted) {
        if (!item.isMap()) {
            return item.text().map(text -> bare(text, standardName, granted));
        }
        return item.fields().map(fields -> {
            Secret secret = fields.required("proxy_key", "what the user presents, at least 8 characters")
                    .map(this::proxyKey)
                    .orElse(Secret.of(""));
            Grants own = fields.value("channels").map(grants::read).orElse(granted);
            KeyConfig key = new KeyConfig(
                    KeyDigest.of(secret.reveal()),
                    "",
                    fields.label("name", standardName),
                    fields.choice("status", Status.class, Status.ACTIVE),
                    Optional.empty(),
                    fields.text("expires_at").flatMap(UserBinder::end),
                    grants.of(secret, own, fields.value("proxy_key").orElse(item)),
                    ModelScope.ANY,
                    Rules.networks(fields.texts("allowed_ips")),
                    LimitReader.read(fields),
                    Optional.empty());
            fields.done();
            return key;
        });
    }

    private Secret proxyKey(Text text) {
        Secret key = text.secret();
        Rules.checkProxyKey(text);
        if (CredentialReader.fromTemplate(text.value())) {
            text.at().source().problems().warn(text.at().field() + " is still the template's, which everybody knows");
        }
        Value first = keys.putIfAbsent(key, text.at());
        if (first != null) {
            int line = first.node().getStartMark().getLine() + 1;
            text.problem("is the same key as " + first.field() + " in line " + line + "; a key belongs to one place");
        }
        return key;
    }

    private static Optional<Instant> end(Text text) {
        try {
            return Optional.of(OffsetDateTime.parse(text.value()).toInstant());
        } catch (DateTimeParseException noTimestamp) {
            try {
                LocalDate lastDay = LocalDate.parse(text.value());
                return Optional.of(
                        lastDay.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant());
            } catch (DateTimeParseException noDate) {
                text.problem(text.shown() + " is not allowed; expected a date such as 2027-01-31 or a timestamp with "
                        + "offset such as 2027-01-31T18:00:00+08:00");
                return Optional.empty();
            }
        }
    }
}
