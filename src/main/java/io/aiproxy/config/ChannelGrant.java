package io.aiproxy.config;

/**
 * A right to use a channel. In YAML {@code channels: [bailian, openai]} (in order of priority) or
 * {@code channels: {bailian: {priority: 1}, openai: {priority: 2}}} (equal numbers: in order of appearance). A group's name
 * stands for all its members; without a number it has that of its most preferred member. A channel that is granted twice has
 * its first place.
 *
 * @param channel the channel's id in channels.yaml
 * @param priority lower is tried first; in a list the place in it, counted from 1
 * @param group the group through which it was granted; empty: directly
 * @param weight the channel's share in that group
 */
public record ChannelGrant(String channel, int priority, String group, int weight) {
    /** A channel granted directly. */
    public ChannelGrant(String channel, int priority) {
        this(channel, priority, "", 1);
    }
}
