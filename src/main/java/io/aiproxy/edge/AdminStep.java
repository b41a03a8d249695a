package io.aiproxy.edge;

import io.aiproxy.admin.AdminAnswer;
import io.aiproxy.admin.AdminApi;
import io.aiproxy.admin.AdminRequest;
import io.aiproxy.core.Call;
import io.aiproxy.core.RequestHead;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;

/** Step {@code admin}: the administrators' API, which blocks and so works beside the event loop. */
final class AdminStep extends AsyncProcessorSupport {
    private final Policies policies;
    private volatile @Nullable Running running;

    /** What answers, and where. */
    private record Running(AdminApi api, Executor executor) {}

    AdminStep(Policies policies) {
        this.policies = policies;
    }

    /** From now on {@code api} answers. */
    void use(AdminApi api, Executor executor) {
        running = new Running(api, executor);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        Call call = ExchangeKeys.journey(exchange).call();
        call.uncounted();
        Running now = running;
        if (now == null) {
            answer(exchange, AdminApi.absent());
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
        try {
            now.executor.execute(() -> {
                AdminAnswer answer = now.api.handle(request);
                call.loop().execute(() -> {
                    answer(exchange, answer);
                    callback.done(false);
                });
            });
            return false;
        } catch (RejectedExecutionException e) {
            answer(exchange, AdminApi.busy());
            callback.done(true);
            return true;
        }
    }

    private static void answer(Exchange exchange, AdminAnswer answer) {
        DefaultMessage message = new DefaultMessage(exchange.getContext());
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, answer.status());
        answer.headers().forEach(message::setHeader);
        message.setBody(answer.body());
        exchange.setMessage(message);
    }
}
