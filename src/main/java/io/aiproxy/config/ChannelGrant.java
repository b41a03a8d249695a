package io.aiproxy.config;

/**
 * A right to use a channel. In YAML {@code channels: [bailian, openai]} (in order of priority) or
 * {@code channels: {bailian: {priority: 1}, openai: {priority: 2}}} (equal numbers: in order of appearance).
 *
 * @param channel the channel's id in channels.yaml
 * @param priority lower is tried first; in a list the place in it, counted from 1
 */
public record ChannelGrant(String channel, int priority) {}
