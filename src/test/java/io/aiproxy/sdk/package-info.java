/**
 * Providers' own SDKs against the scripted providers: once directly, which proves the scripts, and once through the
 * gateway, which proves the gateway.
 */
package io.aiproxy.sdk;
