package io.aiproxy.sdk;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocketListener;

/** WebSocket clients that people use with Realtime APIs. */
enum SocketClients {
    OKHTTP {
        @Override
        Talking connect(String url, String key, boolean inSubprotocol) {
            OkHttpTalk talk = new OkHttpTalk();
            talk.open(url, key, inSubprotocol);
            return talk;
        }
    },
    JDK {
        @Override
        Talking connect(String url, String key, boolean inSubprotocol) {
            JdkTalk talk = new JdkTalk();
            talk.open(url, key, inSubprotocol);
            return talk;
        }
    };

    private static final String IN_SUBPROTOCOL = "openai-insecure-api-key.";

    /** Opens a WebSocket; it has to succeed. {@code inSubprotocol}: the key goes where browsers put it. */
    abstract Talking connect(String url, String key, boolean inSubprotocol);

    private static <T> T within(CompletableFuture<T> future) {
        try {
            return future.get(20, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("Waited in vain", e);
        }
    }

    /** An open WebSocket of one of the clients. */
    abstract static class Talking implements AutoCloseable {
        final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
        final CompletableFuture<Integer> closing = new CompletableFuture<>();
        final CompletableFuture<String> chosen = new CompletableFuture<>();

        abstract void send(String text);

        abstract void close(int code, String reason);

        /** The next text. */
        String next() {
            try {
                String text = texts.poll(20, TimeUnit.SECONDS);
                if (text == null) {
                    throw new AssertionError("Waited in vain for a text; closed: " + closing);
                }
                return text;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /** How many texts have come that nobody has taken. */
        int pending() {
            return texts.size();
        }

        /** The code with which the other side has closed. */
        int closed() {
            return within(closing);
        }

        /** The subprotocol chosen; empty for none. */
        String subprotocol() {
            return within(chosen);
        }

        @Override
        public abstract void close();
    }

    private static final class OkHttpTalk extends Talking {
        private final OkHttpClient client = new OkHttpClient();
        private okhttp3.WebSocket socket;

        void open(String url, String key, boolean inSubprotocol) {
            Request.Builder request = new Request.Builder().url(url);
            if (inSubprotocol) {
                request.header("Sec-WebSocket-Protocol", "realtime, " + IN_SUBPROTOCOL + key);
            } else {
                request.header("Authorization", "Bearer " + key);
            }
            socket = client.newWebSocket(request.build(), new WebSocketListener() {
                @Override
                public void onOpen(okhttp3.WebSocket webSocket, Response response) {
                    chosen.complete(response.header("Sec-WebSocket-Protocol", ""));
                }

                @Override
                public void onMessage(okhttp3.WebSocket webSocket, String text) {
                    texts.add(text);
                }

                @Override
                public void onClosing(okhttp3.WebSocket webSocket, int code, String reason) {
                    closing.complete(code);
                    webSocket.close(code, null);
                }

                @Override
                public void onFailure(okhttp3.WebSocket webSocket, Throwable failure, Response response) {
                    chosen.completeExceptionally(failure);
                    closing.completeExceptionally(failure);
                }
            });
            subprotocol();
        }

        @Override
        void send(String text) {
            if (!socket.send(text)) {
                throw new AssertionError("OkHttp does not take the text");
            }
        }

        @Override
        void close(int code, String reason) {
            socket.close(code, reason);
        }

        @Override
        public void close() {
            socket.cancel();
            client.dispatcher().executorService().shutdown();
            client.connectionPool().evictAll();
        }
    }

    private static final class JdkTalk extends Talking {
        private WebSocket socket;

        void open(String url, String key, boolean inSubprotocol) {
            WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
            if (inSubprotocol) {
                builder.subprotocols("realtime", IN_SUBPROTOCOL + key);
            } else {
                builder.header("Authorization", "Bearer " + key);
            }
            socket = within(builder.buildAsync(URI.create(url), new WebSocket.Listener() {
                private final StringBuilder text = new StringBuilder();

                @Override
                public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
                    text.append(data);
                    if (last) {
                        texts.add(text.toString());
                        text.setLength(0);
                    }
                    webSocket.request(1);
                    return null;
                }

                @Override
                public CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
                    closing.complete(code);
                    return null;
                }

                @Override
                public void onError(WebSocket webSocket, Throwable error) {
                    closing.completeExceptionally(error);
                }
            }));
            chosen.complete(socket.getSubprotocol());
        }

        @Override
        void send(String text) {
            within(socket.sendText(text, true));
        }

        @Override
        void close(int code, String reason) {
            within(socket.sendClose(code, reason));
        }

        @Override
        public void close() {
            socket.abort();
        }
    }
}
