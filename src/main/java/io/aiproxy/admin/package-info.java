/**
 * The administrators' API: who they are, what they may, the resources. Pure: a request goes in, an answer comes out, and
 * everything in between blocks, so that it runs on threads of its own and never on an event loop. Knows no HTTP server.
 */
@NullMarked
package io.aiproxy.admin;

import org.jspecify.annotations.NullMarked;
