/**
 * What has happened, on disk before anybody needs it: records as bytes in files that only grow, read again from any place. Knows
 * nothing of what is in the records.
 */
@NullMarked
package io.aiproxy.usage.journal;

import org.jspecify.annotations.NullMarked;
