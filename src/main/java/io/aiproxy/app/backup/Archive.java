package io.aiproxy.app.backup;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * An archive that was looked through completely: it is one of ours, every member is there, is what it was when the archive
 * was made, and belongs into the configuration or the data directory. Its checksums find damage; who changes an archive on
 * purpose can change them too.
 */
public final class Archive implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LARGEST_MANIFEST = 8L << 20;
    private static final long LARGEST = 4L << 30;

    private final ZipFile zip;
    private final JsonNode manifest;
    private final List<String> names;

    private Archive(ZipFile zip, JsonNode manifest, List<String> names) {
        this.zip = zip;
        this.manifest = manifest;
        this.names = names;
    }

    /** Opens one and looks through all of it. */
    public static Archive open(Path file) throws BackupException {
        if (!Files.isRegularFile(file)) {
            throw new BackupException(file + " does not exist, or is no file");
        }
        try {
            return checked(new ZipFile(file.toFile()));
        } catch (ZipException | IllegalArgumentException e) { // the latter for names that are no UTF-8
            throw new BackupException(file + " is no zip archive, or a damaged one: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new BackupException(file + " cannot be read: " + e.getMessage(), e);
        } catch (BackupException e) {
            throw new BackupException(file + ": " + e.getMessage(), e);
        }
    }

    private static Archive checked(ZipFile zip) throws IOException, BackupException {
        boolean good = false;
        try {
            JsonNode manifest = manifest(zip);
            JsonNode members = manifest.path("members");
            List<String> names = names(zip, members);
            long total = 0;
            for (String name : names) {
                total += check(zip, name, members.path(name));
                if (total > LARGEST) {
                    throw new BackupException("it holds more than " + (LARGEST >> 30) + " GiB");
                }
            }
            good = true;
            return new Archive(zip, manifest, names);
        } finally {
            if (!good) {
                zip.close();
            }
        }
    }

    private static JsonNode manifest(ZipFile zip) throws IOException, BackupException {
        ZipEntry entry = zip.getEntry(Members.MANIFEST);
        if (entry == null) {
            throw new BackupException("this is no backup of a gateway: there is no " + Members.MANIFEST + " in it");
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] text = in.readNBytes((int) LARGEST_MANIFEST);
            JsonNode manifest = JSON.readTree(text);
            int format = manifest.path("format").asInt();
            if (format < 1 || !manifest.path("members").isObject()) {
                throw new BackupException("this is no backup of a gateway: its " + Members.MANIFEST + " is another's");
            }
            if (format != Members.FORMAT) {
                throw new BackupException("its format is " + format + ", made by gateway "
                        + manifest.path("gateway").asText("?") + "; this one reads " + Members.FORMAT
                        + ". Use a newer gateway");
            }
            return manifest;
        } catch (JacksonException e) {
            throw new BackupException("its " + Members.MANIFEST + " is damaged", e);
        }
    }

    private static List<String> names(ZipFile zip, JsonNode members) throws BackupException {
        if (zip.size() > Members.MOST) {
            throw new BackupException("it holds more than " + Members.MOST + " files");
        }
        Set<String> seen = new HashSet<>();
        List<String> names = new ArrayList<>();
        for (ZipEntry entry : zip.stream().toList()) {
            String name = entry.getName();
            if (!seen.add(name)) {
                throw new BackupException(shown(name) + " is in it twice");
            }
            if (name.equals(Members.MANIFEST)) {
                continue;
            }
            if (!Members.allowed(name)) {
                throw new BackupException(shown(name) + " is in it, which leads out of where it belongs, or is nothing"
                        + " that a backup holds");
            }
            if (!members.has(name)) {
                throw new BackupException(shown(name) + " is in it, but not in its " + Members.MANIFEST);
            }
            names.add(name);
        }
        for (var member : members.properties()) {
            if (!seen.contains(member.getKey())) {
                throw new BackupException(shown(member.getKey()) + " is missing in it");
            }
        }
        return List.copyOf(names);
    }

    private static long check(ZipFile zip, String name, JsonNode member) throws IOException, BackupException {
        long size = member.path("size").asLong(-1);
        if (size > Members.largest(name)) {
            throw new BackupException(shown(name) + " is too large");
        }
        MessageDigest digest = Members.sha256();
        byte[] buffer = new byte[1 << 16];
        long read = 0;
        try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
            for (int some = in.read(buffer); some >= 0 && read <= size; some = in.read(buffer)) {
                read += some;
                digest.update(buffer, 0, some);
            }
        } catch (ZipException | java.io.EOFException e) {
            throw new BackupException(shown(name) + " is damaged", e);
        }
        String sum = HexFormat.of().formatHex(digest.digest());
        if (read != size || !sum.equals(member.path("sha256").asText())) {
            throw new BackupException(shown(name) + " is damaged: it is not what was put in");
        }
        return read;
    }

    /** A name that somebody else has chosen, fit for a terminal. */
    private static String shown(String name) {
        String plain = name.replaceAll("\\p{Cntrl}", "?");
        return "\"" + (plain.length() > 200 ? plain.substring(0, 200) + "…" : plain) + "\"";
    }

    /** For people: when it was made, of what, by which gateway. */
    public String about() {
        return "made " + text("at") + " from "
                + manifest.path("store").path("place").asText("?").replaceAll("\\p{Cntrl}", "?") + " by gateway "
                + text("gateway");
    }

    private String text(String field) {
        return manifest.path(field).asText("?").replaceAll("\\p{Cntrl}", "?");
    }

    List<String> names() {
        return names;
    }

    byte[] bytes(String name) throws IOException {
        try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
            return in.readAllBytes();
        }
    }

    void copy(String name, OutputStream to) throws IOException {
        try (InputStream in = zip.getInputStream(zip.getEntry(name))) {
            in.transferTo(to);
        }
    }

    /** Nothing more can be read. */
    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
