/**
 * WebSocket frames (RFC 6455) as they pass: their headers are read, their bytes are never changed. Knows nothing of
 * connections.
 */
@NullMarked
package io.aiproxy.wire.frames;

import org.jspecify.annotations.NullMarked;
