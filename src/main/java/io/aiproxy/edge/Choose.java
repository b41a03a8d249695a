package io.aiproxy.edge;

import io.aiproxy.access.Access;
import io.aiproxy.channels.Affinity;
import io.aiproxy.channels.Bound;
import io.aiproxy.channels.ChannelDirectory;
import io.aiproxy.channels.Choice;
import io.aiproxy.channels.FailoverPlan;
import io.aiproxy.channels.Order;
import io.aiproxy.core.Call;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Step {@code choose}: which of the channels that the caller may use can serve the call, and in which order. */
final class Choose implements Processor {
    private final Affinity affinity;

    Choose(Affinity affinity) {
        this.affinity = affinity;
    }

    @Override
    public void process(Exchange exchange) {
        Journey journey = ExchangeKeys.journey(exchange);
        Call call = journey.call();
        Policy policy = journey.policy();
        Choice choice = policy.channels()
                .choose(new ChannelDirectory.Request(
                        journey.access().channels(),
                        call.head(),
                        call.model(),
                        sticky(journey),
                        journey.call().handshake()));
        Order order = policy.channels().order(choice, session -> SessionName.of(call, session));
        FailoverPlan plan = new FailoverPlan(order, policy.snapshot().system().retry(), call.startedNanos());
        if (journey.access().ephemeral().isPresent()) {
            plan.withCallersOwnKey();
        }
        journey.routing(new Routing(choice, order, plan));
        journey.request(exchange.getMessage());
        exchange.setProperty(ExchangeKeys.CHANNEL, plan.current().channel().id());
        exchange.setProperty(ExchangeKeys.ATTEMPTING, true);
    }

    /** Where the call must go: where its key was made, or where the thing lives that it names. */
    private Optional<Bound> sticky(Journey journey) {
        Optional<Access.Ephemeral> ephemeral = journey.access().ephemeral();
        if (ephemeral.isPresent()) {
            return Optional.of(
                    new Bound(ephemeral.get().channel(), ephemeral.get().credential()));
        }
        List<String> ids = journey.facts().ids();
        for (int i = 0; i < ids.size(); i++) {
            Optional<Bound> bound = affinity.find(ids.get(i));
            if (bound.isPresent()) {
                return bound;
            }
        }
        return Optional.empty();
    }
}
