package io.aiproxy.edge;

import io.aiproxy.core.Failure;
import io.aiproxy.wire.UpstreamAnswer;
import org.jspecify.annotations.Nullable;

/**
 * How the latest attempt turned out: one of the two is there.
 *
 * @param answer a response head, whatever its status
 * @param failure why there is none
 */
record Outcomes(@Nullable UpstreamAnswer answer, @Nullable Failure failure) {
    static Outcomes of(UpstreamAnswer answer) {
        return new Outcomes(answer, null);
    }

    static Outcomes of(Failure failure) {
        return new Outcomes(null, failure);
    }
}
