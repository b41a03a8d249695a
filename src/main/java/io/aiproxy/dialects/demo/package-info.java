/** Answers of the demo channel: every dialect's shape, counted and computed for real, without any provider. */
@NullMarked
package io.aiproxy.dialects.demo;

import org.jspecify.annotations.NullMarked;
