/** Bytes: the server's and the client's pipelines, connection pools, the relay between them. Netty only; no Camel, no policy. */
@NullMarked
package io.aiproxy.wire;

import org.jspecify.annotations.NullMarked;
