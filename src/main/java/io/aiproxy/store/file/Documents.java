package io.aiproxy.store.file;

import com.fasterxml.jackson.databind.JsonNode;
import io.aiproxy.core.Utf8;
import io.aiproxy.store.Entries;
import io.aiproxy.store.Kind;
import io.aiproxy.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The configuration's files at one moment. */
final class Documents {
    /** The names of all files. */
    static final List<String> NAMES =
            Stream.of(Kind.values()).map(Kind::document).distinct().toList();

    private static final long LARGEST = 32 << 20;

    private final Map<String, byte[]> bytes;
    private final Map<String, String> broken;
    /** By name, of those that somebody asked for: files have megabytes, and are asked about more than once. */
    private final Map<String, String> digests = new ConcurrentHashMap<>();

    private Documents(Map<String, byte[]> bytes, Map<String, String> broken) {
        this.bytes = bytes;
        this.broken = broken;
    }

    /** The content of each file by its name; those that do not exist are missing. Nobody changes it. */
    Map<String, byte[]> bytes() {
        return bytes;
    }

    /** Reads the files of a directory. */
    static Documents in(Path directory) {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        Map<String, String> broken = new LinkedHashMap<>();
        for (String name : NAMES) {
            Path file = directory.resolve(name);
            try {
                if (Files.exists(file) && Files.size(file) > LARGEST) {
                    broken.put(name, "is larger than 32 MiB");
                } else {
                    bytes.put(name, Files.readAllBytes(file));
                }
            } catch (NoSuchFileException missing) {
                // a file that need not be there
            } catch (IOException e) {
                broken.put(name, "cannot be read: " + Durable.why(e));
            }
        }
        return new Documents(Collections.unmodifiableMap(bytes), Collections.unmodifiableMap(broken));
    }

    /** As this, with other texts. */
    Documents with(Map<String, String> texts) {
        Map<String, byte[]> all = new LinkedHashMap<>(bytes);
        texts.forEach((name, text) -> all.put(name, text.getBytes(StandardCharsets.UTF_8)));
        return new Documents(Collections.unmodifiableMap(all), broken).knowing(this);
    }

    /** Whether the files hold, or lack, the same as in {@code other}. */
    boolean same(Documents other) {
        return broken.equals(other.broken)
                && NAMES.stream().allMatch(name -> Arrays.equals(bytes.get(name), other.bytes.get(name)));
    }

    /** Takes over what {@code other} knows of the same content. */
    Documents knowing(Documents other) {
        other.digests.forEach((name, digest) -> {
            if (Arrays.equals(bytes.get(name), other.bytes.get(name))) {
                digests.put(name, digest);
            }
        });
        return this;
    }

    /** Stands for exactly this content. */
    String tag() {
        MessageDigest digest = sha256();
        for (String name : NAMES) {
            digest.update((name + "=" + digest(name) + broken.getOrDefault(name, "") + "\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Stands for exactly the content of a file; empty if it does not exist. */
    String digest(String name) {
        byte[] content = bytes.get(name);
        return content == null
                ? ""
                : digests.computeIfAbsent(name, any -> HexFormat.of().formatHex(sha256().digest(content)));
    }

    /** The texts of all files that are UTF-8; the loader tells what is wrong with the others when it reads them itself. */
    Map<String, String> texts() {
        Map<String, String> texts = new TreeMap<>();
        bytes.forEach((name, content) -> Utf8.text(content)
                .map(text -> text.startsWith("\uFEFF") ? text.substring(1) : text)
                .ifPresent(text -> texts.put(name, text)));
        return texts;
    }

    /** A file's text, with its byte order mark if it has one; empty text if it does not exist. */
    String text(String name) throws StoreException {
        if (broken.containsKey(name)) {
            throw new StoreException(StoreException.Why.UNAVAILABLE, name + " " + broken.get(name));
        }
        byte[] content = bytes.get(name);
        return content == null
                ? ""
                : Utf8.text(content)
                        .orElseThrow(() -> new StoreException(
                                StoreException.Why.UNAVAILABLE, name + " is not UTF-8; save the file as UTF-8"));
    }

    /** What is in them; none that {@code before} has is read again. */
    Entries entries(ReadBefore before) throws StoreException {
        Map<Kind, Map<String, JsonNode>> entries = new EnumMap<>(Kind.class);
        for (String name : NAMES) {
            YamlDocument document = before.document(name, text(name));
            for (Kind kind : Kind.values()) {
                if (kind.document().equals(name)) {
                    entries.put(kind, document.entries(kind));
                }
            }
        }
        return new Entries(entries);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) { // every Java platform must have it (MessageDigest's Javadoc)
            throw new IllegalStateException(e);
        }
    }
}
