/** Composition root: builds the objects, binds the names that routes use, starts and stops in order. */
@NullMarked
package io.aiproxy.app;

import org.jspecify.annotations.NullMarked;
