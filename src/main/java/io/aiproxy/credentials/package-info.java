/** Turns a channel's secret into what is put on the wire instead of the proxy key. */
@NullMarked
package io.aiproxy.credentials;

import org.jspecify.annotations.NullMarked;
