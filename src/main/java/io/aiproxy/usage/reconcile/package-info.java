/** Providers' invoices beside the books. */
@NullMarked
package io.aiproxy.usage.reconcile;

import org.jspecify.annotations.NullMarked;
