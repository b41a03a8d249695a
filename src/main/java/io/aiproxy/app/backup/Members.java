package io.aiproxy.app.backup;

import io.aiproxy.store.Kind;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What may be in an archive, and under which names. */
final class Members {
    /** Says what the others are. */
    static final String MANIFEST = "manifest.json";

    /** Before the path of what stands in the configuration directory. */
    static final String CONFIG = "config/";

    /** Before the path of what stands in the data directory. */
    static final String DATA = "data/";

    /** The documents of a configuration. */
    static final List<String> DOCUMENTS =
            Stream.of(Kind.values()).map(Kind::document).distinct().toList();

    /** What of the data directory is worth keeping; months of the audit log besides. */
    static final List<String> DATA_FILES = List.of("limits.json", "affinity.tsv", "deferred.tsv");

    /** The books of usage, where they are a file; copied while others write it. */
    static final String BOOKS = "usage.db";

    /** A month of the audit log, below {@code audit/}. */
    static final Pattern AUDIT = Pattern.compile("audit-[0-9]{4}-[0-9]{2}\\.jsonl");

    /** Format of the archive: what reads it must know this number. */
    static final int FORMAT = 1;

    /** More than this is no configuration. */
    static final int MOST = 10_000;

    /** The largest file of a configuration, in bytes. */
    static final long LARGEST_CONFIG = 32L << 20;

    private static final long LARGEST_DATA = 1L << 30;
    private static final long LARGEST_BOOKS = 1L << 40;
    private static final Pattern SEGMENT = Pattern.compile("[^/\\\\:\\p{Cntrl}]+");

    private Members() {}

    /** Whether this is the name of a member that leads to nowhere but where it belongs. */
    static boolean allowed(String name) {
        if (name.startsWith(DATA)) {
            String path = name.substring(DATA.length());
            return DATA_FILES.contains(path)
                    || path.equals(BOOKS)
                    || (path.startsWith("audit/")
                            && AUDIT.matcher(path.substring("audit/".length())).matches());
        }
        return name.startsWith(CONFIG)
                && Stream.of(name.split("/", -1))
                        .allMatch(part -> SEGMENT.matcher(part).matches() && !part.equals(".") && !part.equals(".."));
    }

    /** How large it may be, in bytes. */
    static long largest(String name) {
        if (name.equals(DATA + BOOKS)) {
            return LARGEST_BOOKS;
        }
        return name.startsWith(DATA) ? LARGEST_DATA : LARGEST_CONFIG;
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) { // every Java platform must have it (MessageDigest's Javadoc)
            throw new IllegalStateException(e);
        }
    }
}
