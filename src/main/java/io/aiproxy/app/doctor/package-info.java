/** Asks channels what is wrong, step by step and outside of the gateway: for {@code aiproxy doctor} and the admin API. */
@NullMarked
package io.aiproxy.app.doctor;

import org.jspecify.annotations.NullMarked;
