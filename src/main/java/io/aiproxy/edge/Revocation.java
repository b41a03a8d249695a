package io.aiproxy.edge;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.UserConfig;
import io.aiproxy.config.UserGroupConfig;
import io.aiproxy.core.Call;
import io.aiproxy.core.Caller;
import io.aiproxy.core.KeyDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which open WebSockets may not go on when a new configuration comes into force. An HTTP call ends soon by itself; a
 * socket would serve a leaver for hours. Pure.
 *
 * <p>A key is known by its name within its user; {@link #ofKey} asks for its value too. Time does not count: a key that
 * expires later, or has expired, closes nothing, and neither do addresses, models, nor {@code supports_websocket: false},
 * which is about new sockets.
 */
final class Revocation {
    private Revocation() {}

    /**
     * Why the socket of this call may not go on: {@code user_removed}, {@code user_disabled}, {@code group_disabled},
     * {@code key_removed}, {@code key_disabled}, {@code channel_removed}, {@code channel_disabled} or
     * {@code channel_not_allowed}. Empty when it may, and always when {@code close_on_disable} is off. A call that went without a step (no caller, no channel) is not
     * judged by it. Called on the call's event loop.
     */
    static Optional<String> of(Call call, Snapshot now) {
        if (!now.system().websocket().closeOnDisable()) {
            return Optional.empty();
        }
        Caller caller = call.caller();
        UserConfig user = caller == null ? null : now.users().get(caller.userId());
        KeyConfig key = caller == null || user == null ? null : key(user, caller.keyName(), now);
        Optional<String> why = caller == null ? Optional.empty() : key(user, key, now);
        return why.or(() -> channel(call.channel(), now)).or(() -> grant(call.channel(), user, key));
    }

    /** The digest of this call's key as it is in this configuration; {@link KeyDigest#NONE} where there is no such key. */
    static KeyDigest keyOf(Call call, Snapshot in) {
        Caller caller = call.caller();
        UserConfig user = caller == null ? null : in.users().get(caller.userId());
        KeyConfig key = caller == null || user == null ? null : key(user, caller.keyName(), in);
        return key == null ? KeyDigest.NONE : key.digest();
    }

    /**
     * {@code key_changed} when this call's key has another value now and the one that it had is not kept as
     * {@code previous}: then the caller could not come back with it. Otherwise as {@link #of}.
     *
     * @param was the key's digest when the call began; {@link KeyDigest#NONE}: never mind
     */
    static Optional<String> ofKey(Call call, KeyDigest was, Snapshot now) {
        Caller caller = call.caller();
        UserConfig user = caller == null ? null : now.users().get(caller.userId());
        KeyConfig key = caller == null || user == null ? null : key(user, caller.keyName(), now);
        boolean works = key == null
                || was.equals(KeyDigest.NONE)
                || was.equals(key.digest())
                || key.previous().filter(old -> was.equals(old.digest())).isPresent();
        return works || !now.system().websocket().closeOnDisable() ? Optional.empty() : Optional.of("key_changed");
    }

    private static @Nullable KeyConfig key(UserConfig user, String name, Snapshot now) {
        for (KeyConfig key : user.keys()) {
            if (key.name().equals(name)) {
                return key;
            }
        }
        Optional<KeyConfig> without =
                now.system().anonymous().keyOf(user).filter(key -> key.name().equals(name));
        return without.isPresent() ? without.get() : null;
    }

    private static Optional<String> key(@Nullable UserConfig user, @Nullable KeyConfig key, Snapshot now) {
        if (user == null) {
            return Optional.of("user_removed");
        }
        if (user.status() != Status.ACTIVE) {
            return Optional.of("user_disabled");
        }
        for (UserGroupConfig group : UserGroupConfig.over(user, now.userGroups())) {
            if (group.status() != Status.ACTIVE) {
                return Optional.of("group_disabled");
            }
        }
        if (key == null) {
            return Optional.of("key_removed");
        }
        return key.status() == Status.ACTIVE ? Optional.empty() : Optional.of("key_disabled");
    }

    private static Optional<String> channel(String id, Snapshot now) {
        if (id.isEmpty()) {
            return Optional.empty();
        }
        ChannelConfig channel = now.channels().get(id);
        if (channel == null) {
            return Optional.of("channel_removed");
        }
        return channel.status() == Status.ACTIVE ? Optional.empty() : Optional.of("channel_disabled");
    }

    private static Optional<String> grant(String channel, @Nullable UserConfig user, @Nullable KeyConfig key) {
        if (channel.isEmpty() || user == null || key == null) {
            return Optional.empty();
        }
        return key.channels().stream().anyMatch(grant -> grant.channel().equals(channel))
                ? Optional.empty()
                : Optional.of("channel_not_allowed");
    }
}
