package io.aiproxy.edge;

import io.aiproxy.channels.Candidate;
import io.aiproxy.core.Attempt;
import io.aiproxy.core.Call;
import io.aiproxy.core.Failure;
import io.aiproxy.core.Ticker;
import io.aiproxy.limits.Asked;
import io.aiproxy.limits.LimitPlan;
import io.aiproxy.limits.Limits;
import io.aiproxy.limits.Taken;
import java.util.Optional;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;

/**
 * Step {@code reserve}: takes the attempt's share of its channel's limits. Where there is no room the attempt has failed:
 * nothing is sent, nothing is held against the channel's health, and {@code judge} goes on to the next candidate.
 */
final class Reserve extends LimitStep {
    private final Ticker ticker;

    Reserve(Limits limits, Ticker ticker) {
        super(limits);
        this.ticker = ticker;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        ExchangeKeys.journey(exchange).room(true);
        return super.process(exchange, callback);
    }

    @Override
    LimitPlan plan(Journey journey) {
        return journey.policy()
                .limits()
                .ofChannel(journey.routing().candidate().channel().id());
    }

    @Override
    Asked asked(Journey journey) {
        Candidate candidate = journey.routing().candidate();
        return of(journey)
                .at(candidate.channel().id(), candidate.modelOf(journey.call().model()));
    }

    @Override
    void taken(Exchange exchange, Journey journey, Taken taken) {
        if (taken.refusal().isEmpty()) {
            journey.reserved(taken);
            journey.call().whenSettled(taken::over);
            return;
        }
        Failure failure = journey.noRoom(taken.refusal().get());
        Candidate candidate = journey.routing().candidate();
        Call call = journey.call();
        call.heading(candidate.channel().id(), candidate.credential().name());
        exchange.setProperty(ExchangeKeys.CHANNEL, call.channel());
        long now = ticker.nanos();
        call.attempted(new Attempt(call.channel(), call.credential(), 0, Optional.of(failure.kind()), now, now, false));
        journey.unsent(failure);
        journey.room(false);
    }
}
