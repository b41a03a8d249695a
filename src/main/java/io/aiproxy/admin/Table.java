package io.aiproxy.admin;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** All operations, and which of them a request asks for. */
final class Table {
    /** Everything is below this. */
    static final String ROOT = "/api/v1/";

    private final List<Operation> operations;

    /**
     * What was found.
     *
     * @param operation what is asked for
     * @param variables what stands in the path
     */
    record Match(Operation operation, Map<String, String> variables) {}

    Table(List<Operation> operations) {
        this.operations = operations.stream() // words before variables: users/import is not a user
                .sorted(Comparator.comparing(
                        (Operation operation) -> operation.template().contains("{")))
                .toList();
    }

    List<Operation> operations() {
        return operations;
    }

    /** The operation; throws a refusal where there is none. */
    Match find(String method, String path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        List<String> segments = segments(path);
        Set<String> methods = new LinkedHashSet<>();
        for (Operation operation : operations) {
            Optional<Map<String, String>> variables = variables(operation.template(), segments);
            if (variables.isPresent()) {
                methods.add(operation.method());
                if (operation.method().equals(wanted)) {
                    return new Match(operation, variables.get());
                }
            }
        }
        if (methods.isEmpty()) {
            throw Refusal.missing("There is nothing at this path. GET /api/v1/openapi.json tells what there is.");
        }
        String allow = allow(methods);
        throw Refusal.with(Trouble.METHOD_NOT_ALLOWED, "Here there are: " + allow + ".", Map.of("allow", allow));
    }

    /** The methods at this path, as {@code Allow} says them; empty when there is nothing. */
    String methods(String path) {
        try {
            find("OPTIONS", path);
            return "";
        } catch (Refusal e) {
            return e.headers().getOrDefault("allow", "");
        }
    }

    private static String allow(Set<String> methods) {
        List<String> all = new ArrayList<>(methods);
        if (methods.contains("GET")) {
            all.add("HEAD");
        }
        all.add("OPTIONS");
        return String.join(", ", all);
    }

    private static List<String> segments(String path) {
        if (!path.startsWith(ROOT)) {
            return List.of();
        }
        List<String> segments = new ArrayList<>();
        for (String segment : path.substring(ROOT.length()).split("/", -1)) {
            segments.add(decoded(segment));
        }
        return segments;
    }

    /** Percent-decoded as UTF-8, so that an id may hold anything, a slash too. */
    private static String decoded(String segment) {
        byte[] bytes = new byte[segment.length() * 3];
        int length = 0;
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%') {
                int high = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 1), 16) : -1;
                int low = i + 2 < segment.length() ? Character.digit(segment.charAt(i + 2), 16) : -1;
                if (high < 0 || low < 0) {
                    throw badPath();
                }
                bytes[length++] = (byte) (high * 16 + low);
                i += 2;
            } else if (c < 0x80) {
                bytes[length++] = (byte) c;
            } else {
                throw badPath();
            }
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, length))
                    .toString();
            if (Json.sound(text)) {
                return text;
            }
        } catch (CharacterCodingException e) {
            // told below
        }
        throw badPath();
    }

    private static Refusal badPath() {
        return Refusal.malformed("The path is not percent-encoded UTF-8.");
    }

    private static Optional<Map<String, String>> variables(String template, List<String> segments) {
        String[] parts = template.split("/", -1);
        if (parts.length != segments.size()) {
            return Optional.empty();
        }
        Map<String, String> variables = new LinkedHashMap<>();
        for (int i = 0; i < parts.length; i++) {
            String segment = segments.get(i);
            if (parts[i].startsWith("{") && !segment.isEmpty()) {
                variables.put(parts[i].substring(1, parts[i].length() - 1), segment);
            } else if (!parts[i].equals(segment)) {
                return Optional.empty();
            }
        }
        return Optional.of(variables);
    }
}
