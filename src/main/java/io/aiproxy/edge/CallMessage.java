package io.aiproxy.edge;

import io.aiproxy.core.Call;
import io.aiproxy.core.Headers;
import io.aiproxy.core.RequestHead;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;

/**
 * A caller's request as a Camel message: {@code ${header.x}} reads its header fields, {@code ${header.CamelHttpMethod}},
 * {@code CamelHttpPath} and {@code CamelHttpRawQuery} its request line, {@code ${body}} its body. Headers that a step
 * sets before {@code upstream:} are sent to the channel.
 */
final class CallMessage extends TransparentMessage {
    private final Call call;
    private boolean replaced;

    CallMessage(CamelContext context, Call call) {
        super(context);
        this.call = call;
    }

    @Override
    @Nullable
    Object below(String name) {
        RequestHead head = call.head();
        return switch (name) {
            case Exchange.HTTP_METHOD -> head.method();
            case Exchange.HTTP_PATH -> head.path();
            case Exchange.HTTP_URI -> head.path();
            case Exchange.HTTP_QUERY, Exchange.HTTP_RAW_QUERY -> head.query();
            default -> head.headers().get(name);
        };
    }

    /** The body as one array, made when a step asks for it: the relay itself does not need it in one piece. */
    @Override
    protected @Nullable Object createBody() {
        return call.body().bytes();
    }

    @Override
    public void setBody(@Nullable Object body) {
        replaced = true;
        super.setBody(body);
    }

    /** Whether a step put another body in place of the caller's. */
    boolean bodyReplaced() {
        return replaced;
    }

    @Override
    Headers fieldsBelow() {
        return call.head().headers();
    }

    @Override
    public DefaultMessage newInstance() {
        return new CallMessage(getCamelContext(), call);
    }
}
