/**
 * What has happened, on disk before anybody needs it: blocks of records as bytes in files that only grow, read again from any
 * place. Knows nothing of what is in the blocks but how many records.
 */
@NullMarked
package io.aiproxy.usage.journal;

import org.jspecify.annotations.NullMarked;
