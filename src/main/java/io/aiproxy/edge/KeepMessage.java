package io.aiproxy.edge;

import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Camel's steps that make a new body put a plain message in place of a specialized one. Behind them a request would have
 * lost what its caller sent, and an answer its status. Around these steps, and no others, the message stays the same and
 * only takes the new body and headers.
 */
final class KeepMessage implements InterceptStrategy {
    private static final Set<String> STEPS =
            Set.of("setBody", "transform", "convertBodyTo", "convertBody", "marshal", "unmarshal", "bean");

    @Override
    public Processor wrapProcessorInInterceptors(
            CamelContext context, NamedNode definition, Processor target, Processor next) {
        return STEPS.contains(definition.getShortName()) ? new Keeping(target) : target;
    }

    /** One such step. */
    private static final class Keeping extends DelegateAsyncProcessor {
        Keeping(Processor step) {
            super(step);
        }

        @Override
        public boolean process(Exchange exchange, AsyncCallback callback) {
            if (!(exchange.getMessage() instanceof TransparentMessage kept)) {
                return super.process(exchange, callback);
            }
            return super.process(exchange, doneSync -> {
                restore(exchange, kept);
                callback.done(doneSync);
            });
        }

        private static void restore(Exchange exchange, TransparentMessage kept) {
            Message made = exchange.getMessage();
            if (!(made instanceof TransparentMessage) && exchange.getException() == null) {
                kept.setHeaders(made.getHeaders());
                kept.setBody(made.getBody());
                exchange.setMessage(kept);
            }
        }
    }
}
