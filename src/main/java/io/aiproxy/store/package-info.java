/**
 * Where the configuration and its history are kept: files or a database behind one small interface. Everything here blocks
 * and is never called on an event loop; the request path reads the snapshot that was made from it.
 */
@NullMarked
package io.aiproxy.store;

import org.jspecify.annotations.NullMarked;
