/** What exists and what of it serves a call: candidates, retry decisions, ids that stay with their channel. */
@NullMarked
package io.aiproxy.channels;

import org.jspecify.annotations.NullMarked;
