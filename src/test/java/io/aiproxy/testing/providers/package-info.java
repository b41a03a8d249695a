/** How real providers answer: scripts over recorded-like texts in {@code cassettes/}. */
package io.aiproxy.testing.providers;
