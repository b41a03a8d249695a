package io.aiproxy.config;

import io.aiproxy.core.KeyDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A proxy key: what a user presents instead of a provider's key. An element of {@code keys:} is a mapping of these, or the
 * key alone. The key itself is not in memory, its digest is.
 *
 * @param digest of the key. In YAML either the key itself, {@code proxy_key}, at least 8 visible ASCII characters, or its
 *     SHA-256 as hexadecimal digits, {@code sha256}. Required. Unique over all users
 * @param prefix the beginning of the key, for people to recognise it by. May be given beside {@code sha256} only, and a
 *     group's {@code key_prefixes} are then compared with it. Default there: empty; of a {@code proxy_key} it is made:
 *     12 characters, never more than a third of the key
 * @param name what it is for, e.g. {@code laptop}; the access log says this and never the key. Default: {@code key-1},
 *     {@code key-2} … by place. Unique within the user
 * @param status {@code active} (default) or {@code disabled}
 * @param createdAt when it was made. Default: unknown
 * @param expiresAt from then on the key is refused: a date ({@code 2027-01-31}: until the end of that day, UTC) or a
 *     timestamp with offset. Default: never
 * @param channels the channels of this key, when they differ from the user's: they replace the user's, but where the
 *     user's groups give channels they are never others than the user's. Default: the user's, which then stand here too.
 *     {@code channel: bailian} is the short form of one
 * @param models the models that may be asked for with this key; the user's and its groups' included
 * @param allowedIps addresses ({@code 10.1.2.3}, {@code 2001:db8::1}) and networks ({@code 10.0.0.0/8}) from which the
 *     key works, in addition to being allowed by the user's own list. Default: any
 * @param limits how much this key may use
 * @param previous the key before the last rotation, which goes on working for a while. Default: none
 */
public record KeyConfig(
        KeyDigest digest,
        String prefix,
        String name,
        Status status,
        Optional<Instant> createdAt,
        Optional<Instant> expiresAt,
        List<ChannelGrant> channels,
        ModelScope models,
        List<String> allowedIps,
        List<LimitConfig> limits,
        Optional<Previous> previous) {

    /**
     * A key that was replaced: {@code previous: {sha256: …, until: 2027-01-31T18:00:00Z}}.
     *
     * @param digest of the old key; in YAML {@code proxy_key} or {@code sha256}
     * @param until when it stops working. Required
     */
    public record Previous(KeyDigest digest, Instant until) {}
}
