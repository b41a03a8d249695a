package io.aiproxy.edge;

import org.apache.camel.Exchange;

/** The exchange properties of a call. Route files see those with a public name; beans read them only through here. */
final class ExchangeKeys {
    /** The {@link Journey} of the exchange. */
    private static final String JOURNEY = "aiproxy.journey";
    /** The id of the channel that the next attempt goes to; {@code toD: upstream:${exchangeProperty.channel}}. */
    static final String CHANNEL = "channel";
    /** Whether another attempt is to be made; the condition of the loop {@code attempts}. */
    static final String ATTEMPTING = "attempting";
    /** The dialect's tag; {@code routes/errors} choose by it. */
    static final String DIALECT = "dialect";

    private ExchangeKeys() {}

    static void journey(Exchange exchange, Journey journey) {
        exchange.setProperty(JOURNEY, journey);
    }

    /** The journey; an exchange without one did not come in through the shared server. */
    static Journey journey(Exchange exchange) {
        Journey journey = exchange.getProperty(JOURNEY, Journey.class);
        if (journey == null) {
            throw new IllegalStateException(
                    "this step works only on calls that came in through the gateway's own server (route "
                            + exchange.getFromRouteId() + ")");
        }
        return journey;
    }
}
