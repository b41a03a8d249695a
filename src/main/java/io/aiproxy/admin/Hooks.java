package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.config.ConfigException;
import io.aiproxy.config.Problem;
import io.aiproxy.store.Entries;
import java.util.List;
import java.util.Optional;

/** What the admin API has done by the rest of the gateway. Every method may block. */
public interface Hooks {
    /**
     * Whether these entries would make a configuration that can be loaded; changes nothing.
     *
     * @throws ConfigException with everything that is wrong
     */
    void check(Entries entries) throws ConfigException;

    /**
     * What would be left out of the price table if these were the entries, one problem for each reason. A configuration with
     * such mistakes can be loaded all the same.
     *
     * @throws ConfigException with everything else that is wrong
     */
    List<Problem> pricesLeftOut(Entries entries) throws ConfigException;

    /**
     * Reads the configuration again and puts it into force.
     *
     * @param version that is expected to be in force then, or a newer one
     * @return why it is not; empty when it is
     */
    Optional<String> reload(long version);

    /** Asks the channel with this id, which is in force, what is wrong with it: {@code well} and {@code steps}. */
    JsonNode testChannel(String id);

    /**
     * What would become of a call, with the configuration in force: {@code caller} and {@code candidates} in their order,
     * and why other channels are none; or {@code refused}.
     */
    JsonNode explain(ExplainQuery query);

    /** Who answers questions about usage. */
    default UsageDesk usage() {
        return UsageDesk.ABSENT;
    }
}
