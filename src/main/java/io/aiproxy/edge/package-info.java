/** Camel on the gateway's terms: the shared server and its mux, the upstream component, route sets, one thin processor per YAML step. */
@NullMarked
package io.aiproxy.edge;

import org.jspecify.annotations.NullMarked;
