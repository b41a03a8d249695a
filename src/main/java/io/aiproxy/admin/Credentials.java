package io.aiproxy.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.config.ConfigException;
import io.aiproxy.core.Percent;
import io.aiproxy.store.ConfigStore;
import io.aiproxy.store.StoreException;
import java.util.List;
import java.util.Optional;

/** {@code channels/{id}/credentials}: what channels are shown. Goes in and never comes out. */
final class Credentials {
    private static final NamedItems ITEMS = NamedItems.CREDENTIALS;

    private final ItemRequests requests;

    Credentials(ConfigStore store, Writer writer) {
        this.requests = new ItemRequests(Shape.CHANNEL, ITEMS, Credentials::view, store, writer);
    }

    List<Operation> operations() {
        String all = "channels/{id}/credentials";
        String one = all + "/{name}";
        return List.of(
                new Operation("GET", all, Operation.Right.LOOK, "channel.credential.list", requests::list),
                new Operation("POST", all, Operation.Right.ADMINISTER, "channel.credential.create", this::post),
                new Operation("GET", one, Operation.Right.LOOK, "channel.credential.read", requests::get),
                new Operation("PUT", one, Operation.Right.ADMINISTER, "channel.credential.update", this::put),
                new Operation("PATCH", one, Operation.Right.ADMINISTER, "channel.credential.update", this::patch),
                new Operation(
                        "DELETE", one, Operation.Right.ADMINISTER, "channel.credential.delete", requests::delete));
    }

    private static ObjectNode view(ObjectNode item) {
        return (ObjectNode) Mask.of(item);
    }

    private static ObjectNode named(String name, JsonNode item) {
        ObjectNode named = Json.object().put("name", name);
        item.properties().forEach(field -> {
            if (!field.getKey().equals("name")) {
                named.set(field.getKey(), field.getValue());
            }
        });
        return named;
    }

    private AdminAnswer post(Ask ask) throws ConfigException, StoreException {
        ObjectNode sent = ask.object();
        ObjectNode item = requests.change(ask, items -> {
            String name = sent.has("name") ? Json.text(sent, "name") : ITEMS.freeName(items);
            if (items.stream().anyMatch(other -> Json.text(other, "name").equals(name))) {
                throw Refusal.of(
                        Trouble.EXISTS, "This channel has a credential of this name already; PUT replaces it.");
            }
            items.add((ObjectNode) Mask.restored("", named(name, sent), Json.object()));
            return items.size() - 1;
        });
        String location =
                Shape.CHANNEL.location(ask.variable("id")) + "/credentials/" + Percent.encode(Json.text(item, "name"));
        return Answers.created(view(item), Etags.of(item), location);
    }

    private AdminAnswer put(Ask ask) throws ConfigException, StoreException {
        ObjectNode sent = ask.object();
        String name = ask.variable("name");
        boolean[] isNew = {false};
        ObjectNode item = requests.change(ask, items -> {
            Optional<ObjectNode> old = items.stream()
                    .filter(other -> Json.text(other, "name").equals(name))
                    .findFirst();
            Etags.check(ask, old.map(Etags::of));
            isNew[0] = old.isEmpty();
            ObjectNode whole = (ObjectNode) Mask.restored("", named(name, sent), old.orElseGet(Json::object));
            int place = old.map(items::indexOf).orElse(items.size());
            if (old.isEmpty()) {
                items.add(whole);
            } else {
                items.set(place, whole);
            }
            return place;
        });
        return Answers.changed(isNew[0] ? 201 : 200, view(item), Etags.of(item));
    }

    private AdminAnswer patch(Ask ask) throws ConfigException, StoreException {
        ObjectNode patch = ask.object();
        ObjectNode item = requests.change(ask, items -> {
            int place = ITEMS.place(items, ask.variable("name"));
            ObjectNode old = items.get(place);
            Etags.check(ask, Optional.of(Etags.of(old)));
            items.set(place, (ObjectNode) Mask.restored("", MergePatch.apply(old, patch), old));
            return place;
        });
        return Answers.changed(200, view(item), Etags.of(item));
    }
}
