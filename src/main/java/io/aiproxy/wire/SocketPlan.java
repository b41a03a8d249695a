package io.aiproxy.wire;

import io.aiproxy.core.MessageTap;
import io.aiproxy.core.SocketLimits;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How a WebSocket is to be carried.
 *
 * @param limits when it is closed
 * @param tap reads its messages along
 * @param subprotocol answered to the caller if the channel has chosen none: browsers that offered some break off otherwise
 * @param revoked why the socket may not stay open, if it may not; asked once it counts as open, for what has changed
 *     during the handshake, and whenever the sockets are reviewed, on the call's event loop. Kept as long as the socket is
 */
public record SocketPlan(
        SocketLimits limits,
        Optional<MessageTap> tap,
        Optional<String> subprotocol,
        Supplier<Optional<String>> revoked) {}
