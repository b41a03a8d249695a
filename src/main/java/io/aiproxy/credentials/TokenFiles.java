package io.aiproxy.credentials;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aiproxy.core.Secret;
import io.aiproxy.core.Ticker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens that survive a restart: one file each in {@code <data>/tokens}, readable by its owner alone, replaced in one step.
 * They are a convenience: a file that cannot be read or written is a warning and the token is fetched. Blocks; at most one
 * thread at a time for each file.
 */
final class TokenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(TokenFiles.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern OURS = Pattern.compile(".+-[0-9a-f]{32}\\.json(?:\\.new)?");
    private static final String NEW = ".new";
    private static final long LARGEST = 1 << 20;
    private static final int LONGEST_NAME = 60;

    /** Clocks of one machine do not differ by more, unless one of them was wrong. */
    private static final long SKEW_MILLIS = Duration.ofMinutes(5).toMillis();

    private final Path directory;
    private final Ticker ticker;
    private final AtomicBoolean unwritable = new AtomicBoolean();

    /**
     * A token and when it was made.
     *
     * @param token the token
     * @param madeAtMillis when it was made or fetched, wall clock
     */
    record Kept(Token token, long madeAtMillis) {}

    TokenFiles(Path dataDir, Ticker ticker) {
        this.directory = dataDir.resolve("tokens");
        this.ticker = ticker;
    }

    /** The name of a token's file. People may name credentials as they like; the fingerprint keeps the files apart. */
    static String name(String channel, String credential, String fingerprint) {
        return plain(channel) + "-" + plain(credential) + "-" + fingerprint + ".json";
    }

    private static String plain(String text) {
        String safe = text.replaceAll("[^A-Za-z0-9._-]", "_");
        return safe.length() > LONGEST_NAME ? safe.substring(0, LONGEST_NAME) : safe;
    }

    /** The token of this file if it is still good; null otherwise. What is wrong with a file is told once, when it is read. */
    @Nullable
    Kept read(String name) {
        Path file = directory.resolve(name);
        try {
            if (!Files.exists(file)) {
                return null;
            }
            if (Files.size(file) > LARGEST) {
                return ignored(file, "is too large");
            }
            JsonNode json = JSON.readTree(Files.readAllBytes(file));
            String token = json == null ? "" : json.path("token").asText("");
            if (token.isEmpty() || !json.path("expires_at").isIntegralNumber()) {
                return ignored(file, "is damaged");
            }
            long made = json.path("made_at").asLong();
            long expires = json.path("expires_at").asLong();
            if (!json.path("file").asText("").equals(name) || made > ticker.millis() + SKEW_MILLIS) {
                return ignored(file, "belongs to another credential or another time");
            }
            return expires > ticker.millis() ? new Kept(new Token(Secret.of(token), expires), made) : null;
        } catch (IOException unreadable) { // a parser's message may quote the token
            return ignored(file, "cannot be read (" + unreadable.getClass().getSimpleName() + ")");
        }
    }

    private static @Nullable Kept ignored(Path file, String why) {
        LOG.warn("{} {}: it is ignored, and replaced as soon as there is a new token", file, why);
        return null;
    }

    /** Replaces the file: a crash leaves the old or the new one. */
    void write(String name, Kept kept) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("file", name);
        json.put("made_at", kept.madeAtMillis());
        json.put("expires_at", kept.token().expiresAtMillis());
        json.put("token", kept.token().value().reveal());
        Path fresh = directory.resolve(name + NEW);
        try {
            Files.createDirectories(directory.toAbsolutePath().normalize(), ownerOnly("rwx------"));
            Files.deleteIfExists(fresh); // what a crash has left may be readable by others
            try (FileChannel out = FileChannel.open(
                    fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownerOnly("rw-------"))) {
                ByteBuffer bytes = ByteBuffer.wrap(json.toString().getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(
                    fresh,
                    directory.resolve(name),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            unwritable.set(false);
        } catch (IOException e) {
            troubled(e);
        }
    }

    /** Removes the file if this token is in it. */
    void delete(String name, Secret token) {
        Path file = directory.resolve(name);
        try {
            if (Files.exists(file) && Files.size(file) <= LARGEST && holds(file, token)) {
                Files.delete(file);
            }
        } catch (IOException e) {
            troubled(e);
        }
    }

    private static boolean holds(Path file, Secret token) throws IOException {
        JsonNode json = JSON.readTree(Files.readAllBytes(file));
        return json != null && json.path("token").asText("").equals(token.reveal());
    }

    /** Removes the files of all other credentials. */
    void retain(Set<String> names) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                String target = name.endsWith(NEW) ? name.substring(0, name.length() - NEW.length()) : name;
                if (OURS.matcher(name).matches() && !names.contains(target)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            troubled(e);
        }
    }

    /** Told once until it works again: it would be told for every token otherwise. */
    private void troubled(IOException e) {
        if (unwritable.compareAndSet(false, true)) {
            LOG.warn(
                    "{}: tokens cannot be kept over a restart ({}: {}); they are fetched anew then",
                    directory,
                    e.getClass().getSimpleName(),
                    e instanceof java.nio.file.FileSystemException ? e.getMessage() : "");
        }
    }

    private static FileAttribute<?>[] ownerOnly(String permissions) {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
