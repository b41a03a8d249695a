package io.aiproxy.credentials;

import io.aiproxy.config.*;
import io.aiproxy.core.*;

/** temp */
public final class KeySubstitution {
    /** temp */
    public static KeySubstitution of(Snapshot s) {
        return new KeySubstitution();
    }
    /** temp */
    public Substitute substitute(Caller caller, ChannelConfig channel, CredentialConfig c) {
        return new Substitute(
                channel.auth().place(),
                channel.auth().name(),
                channel.auth().prefix() + c.apiKey().reveal());
    }
}
