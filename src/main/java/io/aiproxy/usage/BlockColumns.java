package io.aiproxy.usage;

import io.aiproxy.core.UsageSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What recurs from record to record while a block is read: the values of the last record, and the block's words. One thread. */
final class BlockColumns {
    private final Recurring texts;
    private final List<String> words = new ArrayList<>();

    String user = "";
    String key = "";
    String client = "";
    String modelAsked = "";
    String modelAnswered = "";
    List<String> groups = List.of();
    String channel = "";
    Map<String, String> tags = Map.of();
    String credential = "";
    String dialect = "";
    String operation = "";
    String template = "";
    String method = "";
    int status;
    String ending = "";
    String failure = "";
    boolean webSocket;
    boolean priced;
    UsageSource source = UsageSource.PROVIDER;
    String currency = "";
    int attempts;
    long configVersion;
    String work = "";

    /** @param texts where words are remembered from block to block */
    BlockColumns(Recurring texts) {
        this.texts = texts;
    }

    /** Takes what differs from the record before. */
    void read(BlockCursor from) throws IOException {
        int changed = from.upTo((1 << BlockFormat.COLUMNS) - 1, "mask of columns");
        for (int left = changed; left != 0; left &= left - 1) {
            column(Integer.numberOfTrailingZeros(left), from);
        }
    }

    private void column(int column, BlockCursor from) throws IOException {
        switch (column) {
            case BlockFormat.USER -> user = word(from);
            case BlockFormat.KEY -> key = word(from);
            case BlockFormat.CLIENT -> client = word(from);
            case BlockFormat.MODEL_ASKED -> modelAsked = word(from);
            case BlockFormat.MODEL_ANSWERED -> modelAnswered = word(from);
            case BlockFormat.GROUPS -> groups = list(from);
            case BlockFormat.CHANNEL -> channel = word(from);
            case BlockFormat.TAGS -> tags = map(from);
            case BlockFormat.CREDENTIAL -> credential = word(from);
            case BlockFormat.DIALECT -> dialect = word(from);
            case BlockFormat.OPERATION -> operation = word(from);
            case BlockFormat.TEMPLATE -> template = word(from);
            case BlockFormat.METHOD -> method = word(from);
            case BlockFormat.STATUS -> status = from.small("status");
            case BlockFormat.ENDING -> ending = word(from);
            case BlockFormat.FAILURE -> failure = word(from);
            case BlockFormat.FLAGS -> flags(from);
            case BlockFormat.CURRENCY -> currency = word(from);
            case BlockFormat.ATTEMPTS -> attempts = from.small("number of attempts");
            case BlockFormat.CONFIG_VERSION -> configVersion = from.number();
            case BlockFormat.WORK -> work = word(from);
            default -> throw new IOException("it has an unknown column " + column);
        }
    }

    private String word(BlockCursor from) throws IOException {
        int place = from.upTo(words.size(), "word");
        if (place < words.size()) {
            return words.get(place);
        }
        int length = from.count(1, "word's length");
        String word = texts.text(from.bytes(), from.skip(length), length);
        words.add(word);
        return word;
    }

    private List<String> list(BlockCursor from) throws IOException {
        int size = from.count(1, "number of groups");
        List<String> values = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            values.add(word(from));
        }
        return List.copyOf(values);
    }

    private Map<String, String> map(BlockCursor from) throws IOException {
        int size = from.count(2, "number of tags");
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            String name = word(from);
            values.put(name, word(from));
        }
        return Map.copyOf(values);
    }

    private void flags(BlockCursor from) throws IOException {
        int flags = from.small("flags");
        webSocket = (flags & BlockFormat.WEB_SOCKET) != 0;
        priced = (flags & BlockFormat.PRICED) != 0;
        source = switch (flags >>> BlockFormat.SOURCE_SHIFT) {
            case 0 -> UsageSource.PROVIDER;
            case 1 -> UsageSource.ESTIMATED;
            case 2 -> UsageSource.NONE;
            default -> throw new IOException("it has unknown flags " + flags);
        };
    }
}
