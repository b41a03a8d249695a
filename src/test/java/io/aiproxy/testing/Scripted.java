package io.aiproxy.testing;

/** What a rule of {@link FakeUpstream} answers with: an HTTP answer or a WebSocket. */
public sealed interface Scripted permits Reply, SocketReply {}
