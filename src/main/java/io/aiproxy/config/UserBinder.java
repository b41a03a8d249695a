package io.aiproxy.config;

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
    private final Map<Secret, Value> keys = new HashMap<>();

    UserBinder(GrantReader grants) {
        this.grants = grants;
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
        List<ChannelGrant> granted = channels.map(grants::read).orElse(List.of());
        UserConfig user = new UserConfig(
                id,
                fields.label("name", id),
                fields.label("department", ""),
                fields.label("contact", ""),
                fields.choice("status", Status.class, Status.ACTIVE),
                granted,
                keys(fields, granted),
                Rules.networks(fields.texts("allowed_ips")));
        fields.done();
        return user;
    }

    private List<KeyConfig> keys(NodeReader user, List<ChannelGrant> granted) {
        user.either("keys", "proxy_key");
        Optional<Text> single = user.text("proxy_key");
        Optional<Value> several = user.value("keys");
        if (!user.has("proxy_key") && several.isEmpty()) {
            user.problem("keys", "is missing; at least one key, e.g. keys: [{proxy_key: …, name: laptop}]");
        }
        List<KeyConfig> keys = new ArrayList<>();
        single.ifPresent(text -> keys.add(
                new KeyConfig(proxyKey(text), "default", Status.ACTIVE, Optional.empty(), granted, List.of())));
        Set<String> names = new HashSet<>();
        int place = 0;
        List<Value> items = several.map(Value::items).orElse(List.of());
        for (Value item : items) {
            place++;
            key(item, "key-" + place, granted).ifPresent(key -> {
                keys.add(key);
                if (!names.add(key.name())) {
                    item.problem("name " + Words.quoted(key.name()) + " belongs to another key of this user");
                }
            });
        }
        if (several.isPresent() && several.get().isList() && items.isEmpty()) {
            several.get().problem("must have at least one key");
        }
        return List.copyOf(keys);
    }

    private Optional<KeyConfig> key(Value item, String standardName, List<ChannelGrant> granted) {
        if (!item.isMap()) {
            return item.text()
                    .map(text -> new KeyConfig(
                            proxyKey(text), standardName, Status.ACTIVE, Optional.empty(), granted, List.of()));
        }
        return item.fields().map(fields -> {
            KeyConfig key = new KeyConfig(
                    fields.required("proxy_key", "what the user presents, at least 8 characters")
                            .map(this::proxyKey)
                            .orElse(Secret.of("")),
                    fields.label("name", standardName),
                    fields.choice("status", Status.class, Status.ACTIVE),
                    fields.text("expires_at").flatMap(UserBinder::end),
                    fields.value("channels").map(grants::read).orElse(granted),
                    Rules.networks(fields.texts("allowed_ips")));
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
