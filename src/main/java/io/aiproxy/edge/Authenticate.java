package io.aiproxy.edge;

import io.aiproxy.access.Access;
import io.aiproxy.access.EphemeralKeys;
import io.aiproxy.core.Call;
import io.aiproxy.core.RequestHead;
import io.aiproxy.dialects.DeferredUse;
import java.net.InetAddress;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code authenticate}: who calls, from where, speaking what. Refuses whoever has no right to call at all. */
final class Authenticate implements Processor {
    private final Policies policies;
    private final EphemeralKeys ephemeral;
    private final DeferredUse deferred;

    Authenticate(Policies policies, EphemeralKeys ephemeral, DeferredUse deferred) {
        this.policies = policies;
        this.ephemeral = ephemeral;
        this.deferred = deferred;
    }

    @Override
    public void process(Exchange exchange) {
        Journey journey = ExchangeKeys.journey(exchange);
        Call call = journey.call();
        RequestHead head = call.head();
        Policy policy = policies.current();
        journey.policy(policy);
        journey.deferred(deferred);
        call.configVersion(policy.snapshot().version());
        exchange.setProperty(ExchangeKeys.DIALECT, Refusals.dialect(call).tag());
        InetAddress client = policy.access().client(head);
        call.client(client.getHostAddress());
        Access access = policy.access().authenticate(head, client, call.startedMillis(), ephemeral);
        call.caller(access.caller());
        CallLabels.label(call, policy.snapshot(), access.caller().userId());
        journey.access(access);
    }
}
