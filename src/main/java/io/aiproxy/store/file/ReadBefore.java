package io.aiproxy.store.file;

import io.aiproxy.store.StoreException;
import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The documents that were read last, by name: with thousands of users to read one again takes longer than all else that a
 * change does. They are given up when memory is short. Any thread.
 */
final class ReadBefore {
    private final Map<String, SoftReference<YamlDocument>> documents = new ConcurrentHashMap<>();
    private volatile SoftReference<Documents> files = new SoftReference<>(null);

    /** The files of a directory; of those that hold the same as the last time the digests are known. */
    Documents in(Path directory) {
        Documents now = Documents.in(directory);
        Documents before = files.get();
        if (before != null) {
            now.knowing(before);
        }
        keep(now);
        return now;
    }

    /**
     * Reads the files that were seen last on a thread of its own, so that the first change need not wait for that: in a
     * process that has just begun it takes a second with ten thousand users.
     */
    void readAhead() {
        Documents now = files.get();
        if (now == null) {
            return;
        }
        Thread thread = new Thread(
                () -> {
                    try {
                        now.entries(this);
                    } catch (StoreException broken) {
                        // who asks for them is told
                    }
                },
                "aiproxy-read-ahead");
        thread.setDaemon(true);
        thread.start();
    }

    /** These files were read, or written, last. */
    void keep(Documents now) {
        files = new SoftReference<>(now);
    }

    /**
     * The document with this text. Whoever asks while somebody reads it waits, instead of reading it as well.
     *
     * @throws StoreException when it is no YAML
     */
    synchronized YamlDocument document(String name, String text) throws StoreException {
        SoftReference<YamlDocument> known = documents.get(name);
        YamlDocument before = known == null ? null : known.get();
        if (before != null && before.text().equals(text)) {
            return before;
        }
        YamlDocument read = YamlDocument.of(name, text);
        keep(name, read);
        return read;
    }

    /** This one was read, or made, last. */
    void keep(String name, YamlDocument document) {
        documents.put(name, new SoftReference<>(document));
    }
}
