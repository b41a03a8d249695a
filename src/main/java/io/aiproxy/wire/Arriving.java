package io.aiproxy.wire;

import io.aiproxy.core.Body;
import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.core.RequestHead;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request whose head has arrived, and its body as far as it has. Confined to the event loop of its connection. */
final class Arriving {
    private final HttpRequest request;
    private final HttpListener listener;
    private final Limits limits;
    private final BodyCollector body;
    private final long nanos;
    private final long millis;
    private long announced = -1;

    Arriving(HttpRequest request, HttpListener listener, Limits limits) {
        this.request = request;
        this.listener = listener;
        this.limits = limits;
        this.body = new BodyCollector(listener.budget());
        this.nanos = listener.ticker().nanos();
        this.millis = listener.ticker().millis();
    }

    /** What is wrong with the head; null: nothing. To be asked first. */
    @Nullable
    Failure problem() {
        Failure problem = RequestCheck.problem(request);
        if (problem != null) {
            return problem;
        }
        announced = HttpUtil.getContentLength(request, -1L);
        return announced > limits.requestBody() ? tooLarge() : null;
    }

    private Failure tooLarge() {
        return Failure.of(
                FailureKind.REQUEST_TOO_LARGE,
                "the request body is larger than the " + limits.requestBody()
                        + " bytes that this gateway accepts (system.yaml: limits.request_body)");
    }

    /** Nothing more has come for too long. */
    Failure tooLate() {
        return Failure.of(
                FailureKind.REQUEST_TIMEOUT,
                "no more of the request body came for " + limits.bodyTimeout().toMillis()
                        + " ms (system.yaml: client.body_timeout)");
    }

    boolean expectsContinue() {
        return HttpUtil.is100ContinueExpected(request);
    }

    boolean keepAlive() {
        return HttpUtil.isKeepAlive(request);
    }

    boolean http10() {
        return request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    }

    /** More of the body. Why it cannot be taken; null: it was. */
    @Nullable
    Failure add(HttpContent content) {
        if (content.decoderResult().isFailure()) {
            return RequestCheck.undecodable(content.decoderResult().cause());
        }
        if (body.size() + content.content().readableBytes() > limits.requestBody()) {
            return tooLarge();
        }
        long expected = announced < 0 ? -1 : announced - body.size();
        if (!body.add(content.content(), expected, limits.requestBodiesTotal())) {
            return new Failure(
                    FailureKind.GATEWAY_OVERLOADED,
                    "the gateway holds too many large requests at the moment; try again shortly",
                    Optional.of(Duration.ofSeconds(1)));
        }
        return null;
    }

    /** Where the body is gathered. */
    BodyCollector memory() {
        return body;
    }

    /**
     * The call that comes of it.
     *
     * @param whole whether the body is complete; if not, nobody will want what there is of it
     */
    Call call(Channel channel, boolean whole) {
        RequestHead head = new RequestHead(
                request.method().name(),
                RequestCheck.originForm(request.uri()),
                new NettyHeaders(request.headers()),
                (InetSocketAddress) channel.remoteAddress(),
                listener.secure());
        return new Call(
                listener.ids().next(millis),
                head,
                whole ? body.body() : Body.EMPTY,
                channel.eventLoop(),
                new Call.Started(nanos, millis, listener.ticker().nanos()));
    }
}
