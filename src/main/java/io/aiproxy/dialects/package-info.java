/** How each API speaks: reads the head of a request, renders a failure, rewrites a model's name. */
@NullMarked
package io.aiproxy.dialects;

import org.jspecify.annotations.NullMarked;
