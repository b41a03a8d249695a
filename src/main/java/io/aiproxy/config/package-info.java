/** What the operator wrote, as immutable records, and the way from YAML to them: all problems at once, secrets resolved, one snapshot. */
@NullMarked
package io.aiproxy.config;

import org.jspecify.annotations.NullMarked;
