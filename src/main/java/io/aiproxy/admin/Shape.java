package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.core.Percent;
import io.aiproxy.store.Kind;
import java.util.List;

/**
 * How a kind of entries looks in the API.
 *
 * @param kind of the entries
 * @param path of their collection
 * @param noun one of them, for people and the audit log
 * @param wrapped whether an entry need not be a mapping, and so stands under {@code value}
 */
record Shape(Kind kind, String path, String noun, boolean wrapped) {
    static final Shape USER = new Shape(Kind.USER, "users", "user", false);
    static final Shape USER_GROUP = new Shape(Kind.USER_GROUP, "user-groups", "user_group", false);
    static final Shape CHANNEL = new Shape(Kind.CHANNEL, "channels", "channel", false);
    static final Shape CHANNEL_GROUP = new Shape(Kind.CHANNEL_GROUP, "channel-groups", "channel_group", false);
    static final Shape MODEL_ALIAS = new Shape(Kind.MODEL_ALIAS, "model-aliases", "model_alias", true);
    static final Shape PRICE = new Shape(Kind.PRICE, "prices", "price", false);
    static final Shape SYSTEM = new Shape(Kind.SYSTEM, "system", "system", true);
    static final Shape ADMIN_TOKEN = new Shape(Kind.ADMIN_TOKEN, "admin-tokens", "admin_token", false);

    /** Those that are read and written alike. */
    static final List<Shape> ALIKE = List.of(USER, USER_GROUP, CHANNEL, CHANNEL_GROUP, MODEL_ALIAS, PRICE, SYSTEM);

    private static final String VALUE = "value";

    /** The entry as it is shown. */
    ObjectNode view(String id, JsonNode body) {
        ObjectNode view = Json.object().put("id", id);
        JsonNode masked = Mask.of(kind == Kind.SYSTEM ? id : "", body);
        if (!wrapped && masked instanceof ObjectNode fields) {
            view.setAll(fields);
            return view.put("id", id);
        }
        view.set(VALUE, masked);
        return view;
    }

    /**
     * The entry that was sent.
     *
     * @param id that it must have, where it says one
     */
    JsonNode entry(String id, ObjectNode sent) {
        JsonNode own = sent.path("id");
        if (!own.isMissingNode() && !own.asText("").equals(id)) {
            throw Refusal.invalid("/id", "is another id than the one in the path; an entry cannot be renamed");
        }
        ObjectNode fields = sent.deepCopy();
        fields.remove("id");
        if (!wrapped) {
            return fields;
        }
        JsonNode value = fields.path(VALUE);
        if (value.isMissingNode() || value.isNull() || fields.size() != 1) {
            throw Refusal.invalid("", "expected {\"value\": …} with what shall stand there, and nothing else");
        }
        return value;
    }

    /** The entry that comes of a merge patch. */
    JsonNode patched(String id, JsonNode old, ObjectNode patch) {
        return MergePatch.apply(old, entry(id, patch));
    }

    /** Where pointers into an entry begin. */
    String within() {
        return wrapped ? "/" + VALUE : "";
    }

    String location(String id) {
        return Table.ROOT + path + "/" + Percent.encode(id);
    }

    /** What an id must be, where the configuration itself has no rule: no comment, and nothing that cannot be read. */
    static void checkId(String id) {
        boolean good = !id.isBlank()
                && id.length() <= 256
                && !id.startsWith("_")
                && !id.equals("<<")
                && id.chars().noneMatch(Character::isISOControl);
        if (!good) {
            throw Refusal.invalid(
                    "/id", "must be 1 to 256 characters, none of them a control character, and not begin with _");
        }
    }
}
