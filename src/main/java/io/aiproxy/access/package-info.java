/** Who may call: finds the proxy key in a request, knows users, keys and addresses. */
@NullMarked
package io.aiproxy.access;

import org.jspecify.annotations.NullMarked;
