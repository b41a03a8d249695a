package io.aiproxy.app.doctor;

/**
 * One thing that was tried at a channel.
 *
 * @param name what: {@code name}, {@code connect}, {@code proxy}, {@code tls}, {@code token}, {@code probe}
 * @param at where, by the setting's name: {@code websocket_url}, or {@code model_hosts.} and a model; empty at {@code base_url}
 * @param credential the credential's name; empty where none was needed
 * @param verdict what came of it
 * @param millis how long it took
 * @param text what was found, and if something is wrong what to do; never holds a secret
 */
public record Step(String name, String at, String credential, Verdict verdict, long millis, String text) {
    /** What came of a step. */
    public enum Verdict {
        /** As it should be. */
        OK,
        /** It works, but somebody should know. */
        WARN,
        /** Calls will fail. */
        BAD
    }
}
