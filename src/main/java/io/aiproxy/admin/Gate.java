package io.aiproxy.admin;

import io.aiproxy.config.AdminTokenConfig;
import io.aiproxy.config.KeyConfig;
import io.aiproxy.config.Snapshot;
import io.aiproxy.config.Status;
import io.aiproxy.config.UserConfig;
import io.aiproxy.config.UserGroupConfig;
import io.aiproxy.core.KeyDigest;
import io.aiproxy.core.Networks;
import io.aiproxy.core.Ticker;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Who asks, by address and token. */
final class Gate {
    private static final String SCHEME = "bearer ";
    private static final Map<String, String> CHALLENGE =
            Map.of("www-authenticate", "Bearer realm=\"AIProxy administration\"");

    private final Throttle throttle;
    private final Ticker ticker;

    Gate(Ticker ticker) {
        this.throttle = new Throttle(ticker);
        this.ticker = ticker;
    }

    /** Refuses addresses that may not come here at all. */
    void checkAddress(AdminRequest request, List<String> allowedIps) {
        InetAddress client = request.client();
        long wait = throttle.waitSeconds(client);
        if (wait > 0) {
            throw Refusal.with(
                    Trouble.TOO_MANY_ATTEMPTS,
                    "Too many attempts were refused from this address. Try again in " + wait + " s.",
                    Map.of("retry-after", Long.toString(wait)));
        }
        if (!Networks.parse(allowedIps).contains(client)) {
            throttle.failed(client);
            throw Refusal.of(
                    Trouble.ADDRESS_NOT_ALLOWED,
                    "The admin API may not be used from " + client.getHostAddress()
                            + ". Name the address in system.yaml under admin.allowed_ips.");
        }
    }

    /** Whoever presents a token that is in force. */
    Who who(AdminRequest request, Snapshot snapshot) {
        String token = presented(request);
        if (token.isEmpty()) {
            throw none(
                    snapshot,
                    "Send an admin token as \"Authorization: Bearer aat_...\"; \"aiproxy admin token new\" makes one.");
        }
        KeyDigest digest = KeyDigest.of(token);
        for (AdminTokenConfig admin : snapshot.adminTokens().values()) {
            if (admin.digest().equals(digest)) {
                return admin(admin, request.client());
            }
        }
        for (UserConfig user : snapshot.users().values()) {
            for (KeyConfig key : user.keys()) {
                if (isKey(key, digest)) {
                    return self(snapshot, user, key, request.client());
                }
            }
        }
        throttle.failed(request.client());
        throw none(snapshot, "This is no admin token. \"aiproxy admin token new\" makes one.");
    }

    private static String presented(AdminRequest request) {
        String field = request.headers().get("authorization");
        if (field == null || !field.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return "";
        }
        return field.substring(SCHEME.length()).strip();
    }

    private static Refusal none(Snapshot snapshot, String detail) {
        return snapshot.adminTokens().isEmpty()
                ? Refusal.with(
                        Trouble.NO_ADMIN_TOKEN,
                        "Nobody can administer this gateway yet: make a token on its machine with"
                                + " \"aiproxy admin token new --name ops --role admin\".",
                        CHALLENGE)
                : Refusal.with(Trouble.UNAUTHORIZED, detail, CHALLENGE);
    }

    private boolean isKey(KeyConfig key, KeyDigest digest) {
        return key.digest().equals(digest)
                || key.previous()
                        .filter(old -> old.digest().equals(digest) && isFuture(old.until()))
                        .isPresent();
    }

    private boolean isFuture(Instant instant) {
        return instant.toEpochMilli() > ticker.millis();
    }

    private Who admin(AdminTokenConfig token, InetAddress client) {
        boolean expired = token.expiresAt().filter(end -> !isFuture(end)).isPresent();
        if (token.status() != Status.ACTIVE || expired) {
            throw refused(client, "This admin token " + (expired ? "has expired." : "is disabled."));
        }
        throttle.succeeded(client);
        return new Who(token.id(), Who.Role.of(token.role()), client, Optional.empty());
    }

    private Who self(Snapshot snapshot, UserConfig user, KeyConfig key, InetAddress client) {
        boolean expired = key.expiresAt().filter(end -> !isFuture(end)).isPresent();
        boolean active = key.status() == Status.ACTIVE
                && user.status() == Status.ACTIVE
                && user.groups().stream().allMatch(group -> active(snapshot, group));
        if (expired || !active) {
            throw refused(client, "This proxy key " + (expired ? "has expired." : "is disabled."));
        }
        if (!allowed(user.allowedIps(), client) || !allowed(key.allowedIps(), client)) {
            throw refused(client, "This proxy key may not be used from this address.");
        }
        throttle.succeeded(client);
        return new Who("user:" + user.id(), Who.Role.SELF, client, Optional.of(new Who.Self(user, key)));
    }

    private static boolean active(Snapshot snapshot, String id) {
        UserGroupConfig group = snapshot.userGroups().get(id);
        return group == null
                || (group.status() == Status.ACTIVE
                        && group.parent()
                                .map(snapshot.userGroups()::get)
                                .filter(parent -> parent.status() != Status.ACTIVE)
                                .isEmpty());
    }

    private static boolean allowed(List<String> networks, InetAddress client) {
        return networks.isEmpty() || Networks.parse(networks).contains(client);
    }

    private Refusal refused(InetAddress client, String detail) {
        throttle.failed(client);
        return Refusal.with(Trouble.UNAUTHORIZED, detail, CHALLENGE);
    }
}
