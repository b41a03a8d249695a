package io.aiproxy.imports;

import java.util.Map;

/**
 * A client of the OAuth2 proxy.
 *
 * @param token what it presents; a secret
 * @param name what it is called here
 * @param enabled whether it may call
 * @param at where it stands
 * @param files service to weights by file name, in the file's order
 */
record Oauth2Client(String token, String name, boolean enabled, Place at, Map<String, Map<String, Integer>> files) {}
