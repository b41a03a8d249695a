package io.aiproxy.edge;

import io.aiproxy.config.ModelScope;
import io.aiproxy.core.Failure;
import io.aiproxy.core.FailureKind;
import io.aiproxy.dialects.RequestFacts;
import java.util.Map;

/** Which model a call gets: the one that it asks for, or what an alias of that name stands for. */
final class ModelRights {
    /** A model's name comes from the caller and goes into messages. */
    private static final int LONGEST_SHOWN = 100;

    private ModelRights() {}

    /**
     * The model that the call gets; empty when it names none. Either name counts for the caller's rights: whoever may ask
     * for {@code gpt-*} may ask for an alias of such a name whatever it stands for, and for any alias of {@code gpt-5.1}.
     *
     * @throws io.aiproxy.core.FailureException with MODEL_NOT_ALLOWED, also when the caller may not ask for every model and
     *     it cannot be told which one is asked for
     */
    static String granted(Journey journey, RequestFacts facts) {
        return granted(
                journey.policy().snapshot().modelAliases(), journey.access().models(), facts);
    }

    /** As above, of a caller who may ask for these models. */
    static String granted(Map<String, String> aliases, ModelScope scope, RequestFacts facts) {
        String asked = facts.model();
        String model = aliases.getOrDefault(asked, asked);
        if (!scope.restricts()) {
            return model;
        }
        if (facts.unclear()) {
            throw Failure.of(
                            FailureKind.MODEL_NOT_ALLOWED,
                            "This API key may not be used for every model, and which one this request asks for cannot be"
                                    + " told. Send a body that is not compressed and names one model, once.")
                    .asException();
        }
        if (!scope.allows(asked) && !scope.allows(model)) {
            String shown = asked.length() <= LONGEST_SHOWN ? asked : asked.substring(0, LONGEST_SHOWN) + "...";
            throw Failure.of(
                            FailureKind.MODEL_NOT_ALLOWED,
                            "The model \"" + shown + "\" may not be used with this API key. Ask the operator of the"
                                    + " gateway to allow it, or use another model.")
                    .asException();
        }
        return model;
    }
}
