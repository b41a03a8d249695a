package io.aiproxy.config;

import java.util.List;

/**
 * A person or service with rights. {@code proxy_key: pk_…} directly under the user is the short form of one key named
 * {@code default}.
 *
 * @param id the key under {@code users:}: begins with a letter or digit of any script, then letters, digits and
 *     {@code . _ @ + -}, at most 64. Statistics and logs are kept by it, so do not rename a user
 * @param name shown to people. Default: the id
 * @param department where the user belongs. Default: empty
 * @param contact how to reach the user. Default: empty
 * @param status {@code active} (default) or {@code disabled}: a leaver, all of whose keys are refused within a second
 * @param channels the channels that the user may use, in order of priority. Required, at least one
 * @param keys the user's proxy keys. Required, at least one (or {@code proxy_key}), unless callers without a key are
 *     this user
 * @param allowedIps addresses and networks from which the user may call. Default: any
 */
public record UserConfig(
        String id,
        String name,
        String department,
        String contact,
        Status status,
        List<ChannelGrant> channels,
        List<KeyConfig> keys,
        List<String> allowedIps) {}
