package io.aiproxy.cli;

import io.aiproxy.app.Settings;
import java.util.Properties;

/**
 * Settings that can be used.
 *
 * @param settings the gateway's own
 * @param properties what else application.properties holds, for Camel
 */
record Resolved(Settings settings, Properties properties) {}
