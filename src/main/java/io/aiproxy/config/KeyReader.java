package io.aiproxy.config;

import io.aiproxy.core.KeyDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code keys:} and {@code proxy_key:} of a user. One for all users. */
final class KeyReader {
    private final GrantReader grants;
    private final DigestReader digests = new DigestReader();
    private @Nullable String lastEndWritten;
    private Optional<Instant> lastEnd = Optional.empty();

    KeyReader(GrantReader grants) {
        this.grants = grants;
    }

    /**
     * Whose keys are read.
     *
     * @param granted the user's channels
     * @param bounded whether no key may have others, because the user's groups give channels; otherwise a key's replace the
     *     user's
     * @param models the user's models
     * @param withoutKey whether callers without a key are this user
     */
    record Owner(Grants granted, boolean bounded, ModelScope models, boolean withoutKey) {}

    List<KeyConfig> read(NodeReader user, Owner owner) {
        user.either("keys", "proxy_key");
        Text single = user.textOrNull("proxy_key");
        Value several = user.valueOrNull("keys");
        if (several == null && !owner.withoutKey && !user.has("proxy_key")) {
            user.problem("keys", "is missing; at least one key, e.g. keys: [{proxy_key: …, name: laptop}]");
        }
        List<KeyConfig> keys = new ArrayList<>();
        if (single != null) {
            keys.add(bare(single, "default", owner));
        }
        List<Value> items = several == null ? List.of() : several.items();
        Set<String> names = new HashSet<>();
        for (Value item : items) {
            Optional<KeyConfig> key = key(item, "key-" + (keys.size() + 1), owner);
            if (key.isPresent()) {
                keys.add(key.get());
                String name = key.get().name();
                checkName(name, !names.add(name), owner, item);
            }
        }
        if (several != null && several.isList() && items.isEmpty() && !owner.withoutKey) {
            several.problem("must have at least one key");
        }
        return List.copyOf(keys);
    }

    private static void checkName(String name, boolean taken, Owner owner, Value at) {
        if (taken) {
            at.problem("name " + Words.quoted(name) + " belongs to another key of this user");
        } else if (owner.withoutKey && name.equals(SystemConfig.Anonymous.KEY_NAME)) {
            at.problem("name " + Words.quoted(name) + " stands for callers without a key, who are this "
                    + "user (system.yaml); choose another");
        }
    }

    private KeyConfig bare(Text text, String name, Owner owner) {
        DigestReader.Key key = digests.plain(text);
        return new KeyConfig(
                key.digest(),
                key.prefix(),
                name,
                Status.ACTIVE,
                Optional.empty(),
                Optional.empty(),
                grants.of(key, owner.granted),
                owner.models,
                List.of(),
                List.of(),
                Optional.empty());
    }

    private Optional<KeyConfig> key(Value item, String standardName, Owner owner) {
        if (!item.isMap()) {
            return item.text().map(text -> bare(text, standardName, owner));
        }
        Optional<NodeReader> fields = item.fields();
        return fields.isPresent() ? Optional.of(key(item, fields.get(), standardName, owner)) : Optional.empty();
    }

    private KeyConfig key(Value item, NodeReader fields, String standardName, Owner owner) {
        DigestReader.Key key = digests.read(fields, item);
        Grants channels = channels(fields, owner);
        KeyConfig config = new KeyConfig(
                key.digest(),
                key.prefix(),
                fields.label("name", standardName),
                fields.choice("status", Status.class, Status.ACTIVE),
                fields.text("created_at").flatMap(Times::begin),
                end(fields.text("expires_at")),
                grants.of(key, channels),
                owner.models.within(Rules.models(fields)),
                Rules.networks(fields.texts("allowed_ips")),
                LimitReader.read(fields),
                fields.value("previous").flatMap(Value::fields).flatMap(this::previous));
        fields.done();
        return config;
    }

    /** Many keys expire on the same day. */
    private Optional<Instant> end(Optional<Text> text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String written = text.get().value();
        if (!written.equals(lastEndWritten)) {
            lastEnd = Times.end(text.get());
            lastEndWritten = lastEnd.isPresent() ? written : null; // what is wrong is told of every key
        }
        return lastEnd;
    }

    private Grants channels(NodeReader fields, Owner owner) {
        fields.either("channels", "channel");
        Value one = fields.valueOrNull("channel");
        Value several = fields.valueOrNull("channels");
        Value given = several == null ? one : several;
        if (given == null) {
            return owner.granted;
        }
        Grants own = several == null ? grants.one(given) : grants.read(given);
        return owner.bounded ? GrantReader.narrowed(given, own, owner.granted, "the user") : own;
    }

    private Optional<KeyConfig.Previous> previous(NodeReader fields) {
        fields.either("proxy_key", "sha256");
        KeyDigest digest = fields.has("sha256")
                ? fields.text("sha256").map(digests::hashed).orElse(KeyDigest.NONE)
                : fields.required("proxy_key", "the old key, or sha256, its digest")
                        .map(text -> digests.plain(text).digest())
                        .orElse(KeyDigest.NONE);
        Optional<Instant> until = fields.required("until", "when the old key stops working, e.g. 2027-01-31")
                .flatMap(Times::end);
        fields.done();
        return until.map(moment -> new KeyConfig.Previous(digest, moment));
    }
}
