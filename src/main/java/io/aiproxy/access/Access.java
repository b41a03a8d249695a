package io.aiproxy.access;

import io.aiproxy.config.ChannelGrant;
import io.aiproxy.core.Caller;
import java.util.List;

/**
 * What a valid proxy key gives: who calls and what may be used. One object per key and snapshot, shared by all calls.
 *
 * @param caller who calls
 * @param channels the channels that may be used, lowest priority number first, equal numbers in the file's order
 */
public record Access(Caller caller, List<ChannelGrant> channels) {}
