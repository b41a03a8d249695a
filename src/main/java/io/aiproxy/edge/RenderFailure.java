package io.aiproxy.edge;

import io.aiproxy.core.Call;
import io.aiproxy.core.Dialect;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureException;
import io.aiproxy.core.FailureKind;
import io.aiproxy.dialects.FailureRenderer;
import io.aiproxy.dialects.Rendered;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Steps {@code render-openai} and so on, used in {@code routes/errors}: the failure as an answer in one dialect. */
final class RenderFailure implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(RenderFailure.class);

    private final Dialect dialect;

    RenderFailure(Dialect dialect) {
        this.dialect = dialect;
    }

    @Override
    public void process(Exchange exchange) {
        Journey journey = ExchangeKeys.journey(exchange);
        Call call = journey.call();
        Failure failure = failure(exchange, call);
        call.failure(failure.kind());
        Rendered rendered = FailureRenderer.render(dialect, failure, call.id());
        DefaultMessage message = new DefaultMessage(exchange.getContext());
        rendered.headers().forEach(e -> message.setHeader(e.getKey(), e.getValue()));
        message.setHeader("content-type", rendered.contentType());
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, rendered.status());
        message.setBody(rendered.body());
        exchange.setMessage(message);
    }

    private static Failure failure(Exchange exchange, Call call) {
        Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        if (caught instanceof FailureException known) {
            return known.failure();
        }
        LOG.error("Call {} failed in the gateway", call.id(), caught);
        return Failure.of(FailureKind.INTERNAL_ERROR, "the gateway failed to handle the request; its log says why");
    }
}
