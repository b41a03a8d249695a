/** How much may be used: rates, quotas, budgets and what is under way at the same time. */
@NullMarked
package io.aiproxy.limits;

import org.jspecify.annotations.NullMarked;
