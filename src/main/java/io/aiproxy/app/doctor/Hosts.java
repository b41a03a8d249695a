package io.aiproxy.app.doctor;

import io.aiproxy.config.ChannelConfig;
import io.aiproxy.core.Origin;
import io.aiproxy.core.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The hosts at which a channel is called: that of {@code base_url}, and those that {@code websocket_url} and models have. */
final class Hosts {
    private static final String BASE = "base_url";
    private static final String MODELS = "model_hosts.";

    private Hosts() {}

    /**
     * A host, and what names it.
     *
     * @param setting the key that names it
     * @param target how it is reached
     */
    record Place(String setting, Target target) {
        /** As {@link Step#at}. */
        String at() {
            return setting.equals(BASE) ? "" : setting;
        }

        /** What says which name its certificate has to bear. */
        String nameSetting() {
            return setting.startsWith(MODELS) ? setting : setting + " or host";
        }
    }

    /** What a connection depends on; HTTP/2 is none of it. */
    private record Way(Origin origin, Target.Tls tls, Optional<Target.Egress> egress) {
        static Way to(Target target) {
            return new Way(target.origin(), target.tls(), target.egress());
        }
    }

    /** Where {@code base_url} leads. */
    static Place main(ChannelConfig channel) {
        return new Place(BASE, channel.target());
    }

    /** All others, each once and under the first of its names, in the file's order. */
    static List<Place> others(ChannelConfig channel) {
        Map<Way, Place> places = new LinkedHashMap<>();
        places.put(Way.to(channel.target()), main(channel));
        if (channel.supportsWebsocket()) {
            add(places, "websocket_url", channel.websocketTarget());
        }
        channel.modelHosts().forEach((model, host) -> {
            add(places, MODELS + model, channel.target().at(host));
            if (channel.supportsWebsocket()) {
                add(places, MODELS + model, channel.websocketTarget().at(host));
            }
        });
        return new ArrayList<>(places.values()).subList(1, places.size());
    }

    private static void add(Map<Way, Place> places, String setting, Target target) {
        places.putIfAbsent(Way.to(target), new Place(setting, target));
    }
}
