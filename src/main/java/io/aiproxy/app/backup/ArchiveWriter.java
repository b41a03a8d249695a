package io.aiproxy.app.backup;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes members one after the other, and last what they are. */
final class ArchiveWriter {
    private final ZipOutputStream zip;
    private final ObjectNode members = JsonNodeFactory.instance.objectNode();

    ArchiveWriter(OutputStream to) {
        zip = new ZipOutputStream(to, StandardCharsets.UTF_8);
    }

    /** Adds a member; one that is too large to be read again is no use. */
    void add(String name, InputStream content) throws IOException, BackupException {
        MessageDigest digest = Members.sha256();
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        zip.putNextEntry(new ZipEntry(name));
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
            size += read;
            if (size > Members.largest(name)) {
                throw new BackupException(name + " is larger than " + (Members.largest(name) >> 20) + " MiB");
            }
            digest.update(buffer, 0, read);
            zip.write(buffer, 0, read);
        }
        zip.closeEntry();
        members.putObject(name).put("size", size).put("sha256", HexFormat.of().formatHex(digest.digest()));
    }

    void add(String name, byte[] content) throws IOException, BackupException {
        add(name, new ByteArrayInputStream(content));
    }

    int size() {
        return members.size();
    }

    /** Writes the manifest and the end; the stream below stays open. */
    void finish(ObjectNode manifest) throws IOException {
        manifest.set("members", members);
        zip.putNextEntry(new ZipEntry(Members.MANIFEST));
        zip.write(manifest.toPrettyString().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
        zip.finish();
    }
}
