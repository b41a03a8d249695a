package io.aiproxy.config;

import io.aiproxy.core.Utf8;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/** One file as a tree of nodes that know their lines; nothing is constructed from it, so no tag can do harm. */
final class YamlFile {
    private static final int LARGEST = 32 << 20;

    private final Path path;
    private final Optional<String> instead;
    /** Gathered here, because this may be read while others gather theirs. */
    private final List<Problem> problems = new ArrayList<>();

    private boolean isPlain;

    /** @param instead the text to read in the file's place */
    YamlFile(Path path, Optional<String> instead) {
        this.path = path;
        this.instead = instead;
    }

    /**
     * What was read.
     *
     * @param path of the file
     * @param node its root; empty if the file has none or cannot be read
     * @param problems why it cannot be read: of all but an empty file that has no root
     * @param plain whether it keeps to the plain part of YAML ({@link QuickYaml})
     */
    record Read(Path path, Optional<Node> node, List<Problem> problems, boolean plain) {
        /** The root, when {@code to} has been told of the file and its problems. */
        Optional<Node> root(Problems to) {
            to.file(path);
            problems.forEach(to::add);
            return node;
        }
    }

    /** Reads it; once. */
    Read read() {
        Optional<Node> node = instead.or(() -> bytes().flatMap(this::text)).flatMap(this::node);
        return new Read(path, node, problems, isPlain);
    }

    private Optional<byte[]> bytes() {
        try {
            if (Files.isDirectory(path)) {
                complain(0, 0, "is a directory; a file is needed");
                return Optional.empty();
            }
            if (Files.size(path) > LARGEST) {
                complain(0, 0, "is larger than 32 MiB");
                return Optional.empty();
            }
            return Optional.of(Files.readAllBytes(path));
        } catch (NoSuchFileException missing) {
            complain(0, 0, "does not exist in " + path.toAbsolutePath().getParent());
        } catch (AccessDeniedException denied) {
            complain(0, 0, "cannot be read: permission denied");
        } catch (IOException broken) {
            complain(0, 0, "cannot be read: " + broken.getClass().getSimpleName());
        }
        return Optional.empty();
    }

    private Optional<String> text(byte[] bytes) {
        Optional<String> text = Utf8.text(bytes);
        if (text.isEmpty()) {
            complainOf(bytes);
        }
        return text.map(all -> all.startsWith("\uFEFF") ? all.substring(1) : all);
    }

    /** Tells where these bytes cease to be UTF-8. */
    private void complainOf(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        decoder.decode(ByteBuffer.wrap(bytes), out, true);
        String text = out.flip().toString();
        int line = 1 + (int) text.chars().filter(c -> c == '\n').count();
        int column = text.length() - text.lastIndexOf('\n');
        complain(line, column, "is not UTF-8; save the file as UTF-8");
    }

    /** All of YAML is the library's; the plain part of it, which most files keep to, costs much less. */
    private Optional<Node> node(String text) {
        Optional<Node> plain = text.length() > LARGEST ? Optional.empty() : QuickYaml.read(text);
        isPlain = plain.isPresent();
        return isPlain ? plain : compose(text);
    }

    private Optional<Node> compose(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(LARGEST);
        options.setMaxAliasesForCollections(10_000); // composing expands nothing; binding visits a fixed depth
        options.setNestingDepthLimit(30);
        try {
            return Optional.ofNullable(composer(text, options).getSingleNode());
        } catch (MarkedYAMLException broken) {
            // Never its own text: that quotes the line, and the line may hold a key.
            complain(broken.getProblemMark(), YamlComplaints.inPlainWords(broken));
        } catch (ReaderException broken) {
            String before = text.substring(
                    0,
                    text.offsetByCodePoints(0, Math.min(broken.getPosition(), text.codePointCount(0, text.length()))));
            int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
            complain(line, before.length() - before.lastIndexOf('\n'), "has a control character; remove it");
        } catch (YAMLException broken) {
            complain(0, 0, YamlComplaints.inPlainWords(broken));
        }
        return Optional.empty();
    }

    /** What {@code Yaml.compose} does, without all that would make objects of the nodes. */
    private static Composer composer(String text, LoaderOptions options) {
        return new Composer(new ParserImpl(new StreamReader(text), options), new QuickResolver(), options);
    }

    private void complain(@Nullable Mark mark, String message) {
        complain(mark == null ? 0 : mark.getLine() + 1, mark == null ? 0 : mark.getColumn() + 1, message);
    }

    private void complain(int line, int column, String message) {
        problems.add(new Problem(path, line, column, "", message));
    }
}
