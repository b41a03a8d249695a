package io.aiproxy.edge;

import io.aiproxy.core.Call;
import io.aiproxy.dialects.demo.DemoAnswer;
import io.aiproxy.dialects.demo.DemoAnswers;
import io.netty.util.concurrent.EventExecutor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultMessage;

/**
 * Step {@code demo-answer}: the demo channel's answer. Says the message body (set in the route file), streamed one piece
 * every {@code pace} milliseconds (an exchange property set there too).
 */
final class DemoStep implements Processor {

    @Override
    public void process(Exchange exchange) {
        Call call = ExchangeKeys.journey(exchange).call();
        String text = exchange.getMessage().getBody(String.class);
        long pace = exchange.getProperty("pace", 40L, Long.class);
        DemoAnswer answer = DemoAnswers.answer(call.head(), call.body(), text, System.currentTimeMillis());
        DefaultMessage message = new DefaultMessage(exchange.getContext());
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.status());
        message.setHeader("content-type", answer.contentType());
        if (answer.paced() && call.loop() instanceof EventExecutor loop) {
            message.setBody(new Paced(answer.pieces(), pace, loop));
        } else {
            ByteArrayOutputStream whole = new ByteArrayOutputStream();
            answer.pieces().forEach(whole::writeBytes);
            message.setBody(whole.toByteArray());
        }
        exchange.setMessage(message);
    }

    /** Pieces with a pause before each but the first; asked for one at a time. */
    private record Paced(List<byte[]> pieces, long paceMillis, EventExecutor loop)
            implements Flow.Publisher<ByteBuffer> {
        @Override
        public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            subscriber.onSubscribe(new Playing(this, subscriber));
        }
    }

    /** One subscriber being served, on the event loop. */
    private static final class Playing implements Flow.Subscription {
        private final Paced paced;
        private final Flow.Subscriber<? super ByteBuffer> subscriber;
        private int next;
        private boolean cancelled;

        Playing(Paced paced, Flow.Subscriber<? super ByteBuffer> subscriber) {
            this.paced = paced;
            this.subscriber = subscriber;
        }

        @Override
        public void request(long n) {
            long delay = next == 0 ? 0 : paced.paceMillis;
            var unused = paced.loop.schedule(this::play, delay, TimeUnit.MILLISECONDS);
        }

        private void play() {
            if (cancelled) {
                return;
            }
            if (next < paced.pieces.size()) {
                subscriber.onNext(ByteBuffer.wrap(paced.pieces.get(next++)));
            } else {
                cancelled = true;
                subscriber.onComplete();
            }
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }
}
