package io.aiproxy.edge;

import io.aiproxy.core.Headers;
import io.aiproxy.wire.UpstreamAnswer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;

/**
 * A channel's answer as a Camel message: {@code ${header.CamelHttpResponseCode}} is its status, {@code ${header.x}}
 * reads its header fields. Its body flows below Camel after the route has ended; a step that sets another body replaces
 * it. Headers that a step sets are sent to the caller.
 */
final class AnswerMessage extends TransparentMessage {
    private final UpstreamAnswer answer;

    AnswerMessage(CamelContext context, UpstreamAnswer answer) {
        super(context);
        this.answer = answer;
        setBody(answer);
    }

    @Override
    @Nullable
    Object below(String name) {
        return name.equals(Exchange.HTTP_RESPONSE_CODE)
                ? Integer.valueOf(answer.status())
                : answer.headers().get(name);
    }

    @Override
    Headers fieldsBelow() {
        return answer.headers();
    }

    @Override
    public DefaultMessage newInstance() {
        return new AnswerMessage(getCamelContext(), answer);
    }
}
