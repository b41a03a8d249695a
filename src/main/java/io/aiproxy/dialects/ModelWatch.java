package io.aiproxy.dialects;

/** Waits for the messages of a socket to name a model; the first name counts. Gives up on a caller that names none. */
final class ModelWatch {
    /** The model stands in the first message, or in one of those that set a session up. */
    private static final int MOST_CALLER_MESSAGES = 16;
    /** {@code session.created} is the first event of all. */
    private static final int MOST_CHANNEL_MESSAGES = 16;

    private final boolean wanted;
    private int callerMessages;
    private int channelMessages;
    private String model = "";

    /** @param wanted whether nobody knows the model yet */
    ModelWatch(boolean wanted) {
        this.wanted = wanted;
    }

    /** Whether a message may still tell. */
    boolean open() {
        return wanted && model.isEmpty();
    }

    /** Whether a message of the caller may still tell. */
    boolean wantsCaller() {
        return open() && callerMessages < MOST_CALLER_MESSAGES;
    }

    /** Whether any message of the channel may still tell. */
    boolean wantsChannel() {
        return open() && channelMessages < MOST_CHANNEL_MESSAGES;
    }

    /** A message of the channel is being read. */
    void channelMessage() {
        channelMessages++;
    }

    /** A message of the caller is being read. */
    void callerMessage() {
        callerMessages++;
    }

    /** Somebody has named the model. */
    void named(String name) {
        if (open() && name.length() <= RequestFacts.LONGEST_MODEL) {
            model = name;
        }
    }

    String model() {
        return model;
    }
}
