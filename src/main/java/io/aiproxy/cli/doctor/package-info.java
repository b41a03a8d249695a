/** Asks channels what is wrong, step by step and outside of the gateway: for {@code aiproxy doctor}. */
@NullMarked
package io.aiproxy.cli.doctor;

import org.jspecify.annotations.NullMarked;
