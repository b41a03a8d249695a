/**
 * What the books say, as answers of the admin API: statistics, single records, files, and the numbers with which the status
 * pages go on after a restart. All of it blocks.
 */
@NullMarked
package io.aiproxy.app.statistics;

import org.jspecify.annotations.NullMarked;
