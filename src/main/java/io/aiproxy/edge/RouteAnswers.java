package io.aiproxy.edge;

import io.aiproxy.wire.Answer;
import io.aiproxy.wire.HeaderEdits;
import io.aiproxy.wire.ServerCall;
import io.aiproxy.wire.UpstreamAnswer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Flow;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** What a route leaves in its message, as an answer on the wire. */
final class RouteAnswers {
    private RouteAnswers() {}

    static void send(Exchange exchange, Journey journey, Refusals refusals) {
        Message message = exchange.getMessage();
        ServerCall call = journey.serverCall();
        List<Map.Entry<String, String>> fields = fields(message);
        if (journey.limited() != null) {
            fields.addAll(journey.limited().headers(journey.call().dialect()));
        }
        if (message.getBody() instanceof UpstreamAnswer answer) {
            fields.addAll(StandardHeaders.of(journey.call()));
            Cors.addTo(fields, journey, answer.headers());
            if (journey.asksUsage()) {
                UsageReading.withhold(call);
            }
            journey.answerTaken();
            HeaderEdits edits = new HeaderEdits(removed(message, journey, answer), fields);
            if (answer.isSocket()) {
                call.open(answer, edits, journey.socket());
            } else {
                call.relay(answer, edits);
            }
            return;
        }
        journey.disposeAnswer();
        if (journey.call().counted()) {
            fields.addAll(StandardHeaders.of(journey.call()));
        }
        Cors.addTo(fields, journey, null);
        call.respond(new Answer(status(message), fields, content(exchange)));
    }

    /** Names of the channel's fields that the caller does not get. */
    private static List<String> removed(Message message, Journey journey, UpstreamAnswer answer) {
        List<String> bySteps =
                message instanceof TransparentMessage transparent ? transparent.removedHeaders() : List.of();
        if (!journey.routing().candidate().channel().privacy()) {
            return bySteps;
        }
        List<String> all = Privacy.namesIn(answer.headers());
        all.addAll(bySteps);
        return all;
    }

    /** Fields that steps have set; Camel's own words (which all begin with {@code Camel}) are not header fields. */
    private static List<Map.Entry<String, String>> fields(Message message) {
        List<Map.Entry<String, String>> fields = new ArrayList<>(8);
        if (message.hasHeaders()) {
            message.getHeaders().forEach((name, value) -> {
                if (!name.startsWith("Camel") && value != null) {
                    fields.add(Map.entry(name, value.toString()));
                }
            });
        }
        return fields;
    }

    private static int status(Message message) {
        Integer status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        return status == null ? 200 : status;
    }

    @SuppressWarnings("unchecked") // the publisher's element type is the contract of Answer.Streamed
    private static Answer.Content content(Exchange exchange) {
        Message message = exchange.getMessage();
        if (message instanceof CallMessage original && !original.bodyReplaced()) {
            return new Answer.Whole(new byte[0]); // a route that answers nothing must not echo the request
        }
        @Nullable Object body = message.getBody();
        if (body == null) {
            return new Answer.Whole(new byte[0]);
        }
        if (body instanceof Flow.Publisher<?> publisher) {
            return new Answer.Streamed((Flow.Publisher<ByteBuffer>) publisher);
        }
        if (body instanceof byte[] bytes) {
            return new Answer.Whole(bytes);
        }
        if (body instanceof String text) {
            return new Answer.Whole(text.getBytes(StandardCharsets.UTF_8));
        }
        byte[] converted = message.getBody(byte[].class);
        return new Answer.Whole(converted == null ? new byte[0] : converted);
    }
}
