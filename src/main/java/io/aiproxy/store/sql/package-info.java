/**
 * The configuration in a database: SQLite for one machine, PostgreSQL, MariaDB or MySQL for several instances together.
 * Everything here blocks; a thread of the store's own looks every second whether somebody has changed something.
 */
@NullMarked
package io.aiproxy.store.sql;

import org.jspecify.annotations.NullMarked;
