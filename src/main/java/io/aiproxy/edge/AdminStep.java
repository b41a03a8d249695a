package io.aiproxy.edge;

import io.aiproxy.admin.AdminAnswer;
import io.aiproxy.admin.AdminApi;
import io.aiproxy.admin.AdminRequest;
import io.aiproxy.core.Call;
import io.aiproxy.core.RequestHead;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Step {@code admin}: the administrators' API, which blocks and so works beside the event loop. */
final class AdminStep extends AsyncProcessorSupport {
    private static final Logger LOG = LoggerFactory.getLogger(AdminStep.class);

    private final Policies policies;
    private volatile @Nullable Running running;

    /** What answers, and where. */
    private record Running(AdminApi api, Function<AdminApi.Lane, Executor> lanes) {}

    AdminStep(Policies policies) {
        this.policies = policies;
    }

    /** From now on {@code api} answers. */
    void use(AdminApi api, Function<AdminApi.Lane, Executor> lanes) {
        running = new Running(api, lanes);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Call call = ExchangeKeys.journey(exchange).call();
        call.uncounted();
        Running now = running;
        if (now == null) {
            answer(exchange, AdminApi.absent(), null);
            callback.done(true);
            return true;
        }
        RequestHead head = call.head();
        AdminRequest request = new AdminRequest(
                head.method(),
                head.path(),
                head.query(),
                head.headers(),
                call.body(),
                policies.current().access().client(head));
        Asked asked = new Asked(exchange, callback, call, request);
        try {
            now.lanes.apply(AdminApi.lane(head.path())).execute(() -> serve(now.api, asked));
            return false;
        } catch (RejectedExecutionException e) {
            answer(exchange, AdminApi.busy(), null);
            callback.done(true);
            return true;
        }
    }

    /** A request on its way. */
    private record Asked(Exchange exchange, AsyncCallback callback, Call call, AdminRequest request) {
        /** Sends the answer; {@code body} is what is still being made of it. */
        void answered(AdminAnswer answer, @Nullable StreamedBody body) {
            call.loop().execute(() -> {
                if (body != null) {
                    call.whenOver(body::leave);
                }
                answer(exchange, answer, body);
                callback.done(false);
            });
        }
    }

    private static void serve(AdminApi api, Asked asked) {
        AdminAnswer answer = api.handle(asked.request);
        if (answer.stream().isEmpty()) {
            asked.answered(answer, null);
            return;
        }
        Sending sending = new Sending(asked, answer);
        try {
            if (!asked.request.method().equals("HEAD")) {
                answer.stream().get().write(sending.body);
            }
            sending.body.end();
        } catch (Exception e) {
            if (sending.body.begun()) {
                LOG.info("The answer to {} breaks off: {}", asked.request, e.toString());
                sending.body.broken(e);
            } else {
                asked.answered(api.unmade(asked.request, e), null);
            }
        }
    }

    /** An answer whose body is made while it is sent. */
    private static final class Sending {
        private final StreamedBody body;

        Sending(Asked asked, AdminAnswer answer) {
            body = new StreamedBody(() -> asked.answered(answer, body()));
        }

        private StreamedBody body() {
            return body;
        }
    }

    private static void answer(Exchange exchange, AdminAnswer answer, @Nullable StreamedBody body) {
        DefaultMessage message = new DefaultMessage(exchange.getContext());
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.status());
        answer.headers().forEach(message::setHeader);
        message.setBody(body == null ? answer.body() : body);
        exchange.setMessage(message);
    }
}
