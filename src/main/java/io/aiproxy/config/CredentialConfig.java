package io.aiproxy.config;

import io.aiproxy.core.Secret;

/**
 * What a channel is shown instead of the proxy key.
 *
 * @param name the credential's name in logs and statistics. Default: {@code default}, or {@code credential-2} … by place
 * @param apiKey the provider's key: plain, {@code ${env:NAME}} or {@code ${file:path}}
 */
public record CredentialConfig(String name, Secret apiKey) {}
