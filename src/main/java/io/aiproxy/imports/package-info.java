/** Other systems' configuration files read and told as ours: for {@code aiproxy import}. */
@NullMarked
package io.aiproxy.imports;

import org.jspecify.annotations.NullMarked;
