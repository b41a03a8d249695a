/** The shared words of the gateway: a call, who makes it, where it may go, what became of it. Knows no other package. */
@NullMarked
package io.aiproxy.core;

import org.jspecify.annotations.NullMarked;
