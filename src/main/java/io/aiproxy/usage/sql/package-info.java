/**
 * The books in a database: SQLite for one instance, PostgreSQL, MariaDB or MySQL for several together. Records of single calls
 * in the order of time; sums of them by minute, quarter of an hour, day and month, for each combination of what calls have in
 * common. Sums are made when records are added, in the same transaction, and statistics are answered from the coarsest ones
 * that answer exactly. Quarters of an hour are kept for ever, because hours, days and months of every time zone in use can be
 * made of them (all their offsets are multiples of 15 minutes). Everything here blocks.
 */
@NullMarked
package io.aiproxy.usage.sql;

import org.jspecify.annotations.NullMarked;
