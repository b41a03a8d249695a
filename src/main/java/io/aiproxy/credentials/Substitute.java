package io.aiproxy.credentials;

import io.aiproxy.config.AuthConfig;

/** temp */
public record Substitute(AuthConfig.Place place, String name, String value) {
    /** temp */
    public String withQuery(String target) {
        return target + (target.contains("?") ? "&" : "?") + name + "=" + value;
    }
}
