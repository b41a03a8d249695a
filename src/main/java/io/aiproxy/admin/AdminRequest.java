package io.aiproxy.admin;

import io.aiproxy.core.Body;
import io.aiproxy.core.Headers;
import java.net.InetAddress;

/**
 * A request to the admin API.
 *
 * @param method e.g. {@code GET}
 * @param path undecoded, e.g. {@code /api/v1/users/zhangsan}
 * @param query undecoded, without the question mark; empty when there is none
 * @param headers the fields
 * @param body the whole body
 * @param client the address it comes from, looked for behind trusted proxies
 */
public record AdminRequest(String method, String path, String query, Headers headers, Body body, InetAddress client) {
    /** Its header fields hold a token: not printed. */
    @Override
    public String toString() {
        return method + " " + path;
    }
}
