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
 * @param tags words to find the user by. Default: none
 * @param groups the user groups that the user belongs to. Default: none
 * @param channels the channels that the user may use, in order of priority. Where groups of the user have some, only
 *     channels of these count, and are the default. Required, at least one, unless a group has some
 * @param models the models that the user may ask for, exact or with {@code *}; those that one of the groups allows. Default:
 *     any of these
 * @param keys the user's proxy keys. Required, at least one (or {@code proxy_key}), unless callers without a key are
 *     this user
 * @param allowedIps addresses and networks from which the user may call, which every group must allow as well. Default: any
 * @param limits how much the user may use, with all keys together
 */
public record UserConfig(
        String id,
        String name,
        String department,
        String contact,
        Status status,
        List<String> tags,
        List<String> groups,
        List<ChannelGrant> channels,
        ModelScope models,
        List<KeyConfig> keys,
        List<String> allowedIps,
        List<LimitConfig> limits) {}
