/** AIProxy: one port, one key per person, every AI platform behind it. */
@NullMarked
package io.aiproxy;

import org.jspecify.annotations.NullMarked;
