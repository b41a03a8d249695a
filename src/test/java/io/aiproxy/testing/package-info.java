/**
 * The test kit: a scripted, ill-mannered upstream, a raw HTTP client, a raw WebSocket client, an egress proxy, a certificate authority, a rig
 * that starts the gateway, and a guard against leaked buffers. Blocking sockets throughout: tests need control over
 * single bytes, not speed.
 */
package io.aiproxy.testing;
