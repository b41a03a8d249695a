package io.aiproxy.config;

import io.aiproxy.core.Secret;
import java.util.Map;

/**
 * What a channel is shown instead of the proxy key, or what its token is made from.
 *
 * @param name the credential's name in logs and statistics. Default: {@code default}, or {@code credential-2} … by place
 * @param apiKey the provider's key: plain, {@code ${env:NAME}} or {@code ${file:path}}. Not given (and then
 *     empty) where the channel has a {@code token}
 * @param weight its share where the channel's strategy goes by weights, at most 10000. Default: 1; 0: nothing new
 * @param fields what the channel's {@code token} needs ({@code clientId}, {@code client_secret} …), under any names; plain,
 *     {@code ${env:NAME}} or {@code ${file:path}}. {@code key_file: keys/company-1.json} is the key file of a Google service
 *     account, whose text becomes the field {@code key_json}
 */
public record CredentialConfig(String name, Secret apiKey, int weight, Map<String, Secret> fields) {
    /** A key as it is. */
    public CredentialConfig(String name, Secret apiKey) {
        this(name, apiKey, 1, Map.of());
    }
}
