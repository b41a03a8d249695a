/**
 * Receipts become books: usage, money, journal, store, statistics, reports. Nothing here runs on an event loop but the hand-over
 * of a receipt.
 */
@NullMarked
package io.aiproxy.usage;

import org.jspecify.annotations.NullMarked;
