package io.aiproxy.wire;

import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what a publisher makes, asking for the next buffer only when the client has taken the last one. */
final class PublishedBody implements Flow.Subscriber<ByteBuffer>, ServerCall.Source {
    private static final Logger LOG = LoggerFactory.getLogger(PublishedBody.class);

    private final AnswerSink sink;
    private final Executor loop;
    private Flow.@Nullable Subscription subscription;
    private boolean writable = true;
    private boolean asked;

    PublishedBody(AnswerSink sink, Executor loop) {
        this.sink = sink;
        this.loop = loop;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        loop.execute(() -> {
            subscription = given;
            ask();
        });
    }

    private void ask() {
        Flow.Subscription from = subscription;
        if (from != null && writable && !asked) {
            asked = true;
            from.request(1);
        }
    }

    @Override
    public void onNext(ByteBuffer bytes) {
        loop.execute(() -> {
            asked = false;
            sink.content(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)));
            sink.flush();
            ask();
        });
    }

    @Override
    public void onError(Throwable cause) {
        LOG.warn("An answer made by a route broke off: {}", cause.toString());
        loop.execute(
                () -> sink.broken(Failure.of(FailureKind.STREAM_TRUNCATED, "the answer could not be made to its end")));
    }

    @Override
    public void onComplete() {
        loop.execute(() -> sink.end(LastHttpContent.EMPTY_LAST_CONTENT));
    }

    @Override
    public void writable(boolean yes) {
        writable = yes;
        ask();
    }

    @Override
    public void cancel() {
        Flow.Subscription from = subscription;
        if (from != null) {
            from.cancel();
        }
    }
}
