/** The command line. */
@NullMarked
package io.aiproxy.cli;

import org.jspecify.annotations.NullMarked;
