package io.aiproxy.admin;

import java.util.List;

/**
 * What the configuration says about the admin API itself.
 *
 * @param allowedIps addresses and networks from which it may be reached
 * @param corsOrigins origins whose scripts may use it; empty: none
 * @param keys how proxy keys that it makes or is given are kept
 */
public record AdminRules(List<String> allowedIps, List<String> corsOrigins, KeyForm keys) {
    /** From this machine only, for no script, keys as they are. */
    public static final AdminRules DEFAULT = new AdminRules(List.of("127.0.0.1", "::1"), List.of(), KeyForm.PLAIN);

    /** How a proxy key is kept. */
    public enum KeyForm {
        /** As it is: {@code proxy_key}. */
        PLAIN,
        /** Its digest and its beginning: {@code sha256} and {@code prefix}. */
        SHA256
    }
}
