package io.aiproxy.config;

import io.aiproxy.core.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A proxy key: what a user presents instead of a provider's key. An element of {@code keys:} is a mapping of these, or the
 * key alone.
 *
 * @param proxyKey the key itself, at least 8 visible ASCII characters. Required. Unique over all users
 * @param name what it is for, e.g. {@code laptop}; the access log says this and never the key. Default: {@code key-1},
 *     {@code key-2} … by place. Unique within the user
 * @param status {@code active} (default) or {@code disabled}
 * @param expiresAt from then on the key is refused: a date ({@code 2027-01-31}: until the end of that day, UTC) or a
 *     timestamp with offset. Default: never
 * @param channels the channels of this key, when they differ from the user's: they replace the user's. Default: the user's,
 *     which then stand here too
 * @param allowedIps addresses ({@code 10.1.2.3}, {@code 2001:db8::1}) and networks ({@code 10.0.0.0/8}) from which the
 *     key works, in addition to being allowed by the user's own list. Default: any
 */
public record KeyConfig(
        Secret proxyKey,
        String name,
        Status status,
        Optional<Instant> expiresAt,
        List<ChannelGrant> channels,
        List<String> allowedIps) {}
