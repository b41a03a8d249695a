package io.aiproxy.sdk;

import com.google.genai.AsyncSession;
import com.google.genai.Client;
import com.google.genai.types.Content;
import com.google.genai.types.HttpOptions;
import com.google.genai.types.LiveConnectConfig;
import com.google.genai.types.LiveSendClientContentParameters;
import com.google.genai.types.LiveServerMessage;
import com.google.genai.types.Part;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A program that talks to Gemini's Live API with google-genai: two turns; prints what it hears. A program of its own
 * because the SDK insists on {@code wss}, and on the process's trust store, which is read once.
 */
final class GoogleLiveClient {
    private GoogleLiveClient() {}

    /** @param args base URL, key, model */
    public static void main(String[] args) throws Exception {
        try (Client client = Client.builder()
                .apiKey(args[1])
                .httpOptions(HttpOptions.builder().baseUrl(args[0]).build())
                .build()) {
            AsyncSession session = client.async
                    .live
                    .connect(
                            args[2],
                            LiveConnectConfig.builder()
                                    .responseModalities("TEXT")
                                    .build())
                    .get(20, TimeUnit.SECONDS);
            Turns turns = new Turns();
            session.receive(turns::heard).get(20, TimeUnit.SECONDS);
            for (String text : List.of("你好", "再见")) {
                CompletableFuture<String> answer = turns.next();
                session.sendClientContent(LiveSendClientContentParameters.builder()
                                .turns(Content.fromParts(Part.fromText(text)))
                                .turnComplete(true)
                                .build())
                        .get(20, TimeUnit.SECONDS);
                System.out.println("heard " + answer.get(20, TimeUnit.SECONDS));
            }
            session.close().get(20, TimeUnit.SECONDS);
            System.out.println("closed");
        } catch (Exception e) {
            System.out.println("failed " + e);
        }
        System.exit(0); // the SDK's threads would go on
    }

    /** Puts the pieces of each answer together. */
    private static final class Turns {
        private final StringBuilder text = new StringBuilder();
        private CompletableFuture<String> waiting = new CompletableFuture<>();

        synchronized CompletableFuture<String> next() {
            waiting = new CompletableFuture<>();
            text.setLength(0);
            return waiting;
        }

        synchronized void heard(LiveServerMessage message) {
            message.serverContent()
                    .flatMap(content -> content.modelTurn())
                    .ifPresent(content -> text.append(content.text()));
            if (message.serverContent()
                    .flatMap(content -> content.turnComplete())
                    .orElse(false)) {
                waiting.complete(text + " for "
                        + message.usageMetadata()
                                .flatMap(usage -> usage.totalTokenCount())
                                .orElse(0));
            }
        }
    }
}
