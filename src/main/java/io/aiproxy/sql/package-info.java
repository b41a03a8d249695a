/** Databases: which one, how to reach it, what it says when it refuses. Everything here blocks. */
@NullMarked
package io.aiproxy.sql;

import org.jspecify.annotations.NullMarked;
