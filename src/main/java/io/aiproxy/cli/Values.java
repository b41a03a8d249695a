package io.aiproxy.cli;

import io.aiproxy.core.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns the text of a setting into its value, or says what is wrong with it. */
final class Values {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)?");
    private static final Pattern NO_ADDRESS = Pattern.compile("[\\s/@?#,;]");

    private static final String SQLITE = "jdbc:sqlite:";

    private Values() {}

    /** A value that cannot be used; the message says why and what to do. */
    static final class BadValue extends Exception {
        BadValue(String message) {
            super(message, null, false, false);
        }
    }

    /** An address or host name without port; IPv6 with or without brackets. */
    static String address(Given given) throws BadValue {
        String value = given.value();
        if (value.startsWith("[") && value.endsWith("]")) {
            value = value.substring(1, value.length() - 1);
        }
        boolean withPort = value.indexOf(':') >= 0 && value.indexOf(':') == value.lastIndexOf(':');
        if (withPort || NO_ADDRESS.matcher(value).find()) {
            throw new BadValue("\"" + given.value() + "\" is not an address; give an IP address or a host name alone,"
                    + " without scheme and port");
        }
        return value;
    }

    /** A TCP port; 0 means a free one. */
    static int port(Given given) throws BadValue {
        int port;
        try {
            port = Integer.parseInt(given.value());
        } catch (NumberFormatException e) {
            throw new BadValue("\"" + given.value() + "\" is not a number; give a port from 0 to 65535");
        }
        if (port < 0 || port > 65535) {
            throw new BadValue(port + " is not a port; give one from 0 to 65535");
        }
        return port;
    }

    /** A time span with its unit; a bare number is seconds. */
    static Duration duration(Given given) throws BadValue {
        Matcher matcher = DURATION.matcher(given.value());
        if (!matcher.matches()) {
            throw new BadValue(
                    "\"" + given.value() + "\" is not a duration; give a number and ms, s, m or h, e.g. 30s");
        }
        long number = Long.parseLong(matcher.group(1));
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        return switch (unit) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofSeconds(number);
        };
    }

    /** A path, absolute and without detours. */
    static Path path(Given given) throws BadValue {
        if (given.value().isEmpty()) {
            throw new BadValue("is empty; give a path");
        }
        try {
            return given.base().resolve(given.value()).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new BadValue("is not a path: " + e.getReason());
        }
    }

    /** A directory that exists. */
    static Path directory(Given given) throws BadValue {
        Path path = path(given);
        if (!Files.isDirectory(path)) {
            throw new BadValue(path + (Files.exists(path) ? " is not a directory" : " does not exist; create it"));
        }
        return path;
    }

    /** A directory that exists or can be made. */
    static Path directoryToBe(Given given) throws BadValue {
        Path path = path(given);
        if (Files.exists(path) && !Files.isDirectory(path)) {
            throw new BadValue(path + " is not a directory; name one, it need not exist");
        }
        return path;
    }

    /** A file that can be read. */
    static Path file(Given given) throws BadValue {
        Path path = path(given);
        if (!Files.isRegularFile(path)) {
            throw new BadValue(path + (Files.exists(path) ? " is not a file" : " does not exist"));
        }
        if (!Files.isReadable(path)) {
            throw new BadValue(path + " must not be read by this process; change its owner or mode");
        }
        return path;
    }

    /** Any text. */
    static String text(Given given) {
        return given.value();
    }

    /** The URL of a database that there is a driver for; the path of a SQLite file becomes absolute. */
    static String jdbcUrl(Given given) throws BadValue {
        String url = given.value();
        if (url.startsWith(SQLITE)) {
            Given file = new Given(url.substring(SQLITE.length()), given.source(), given.base(), given.flag());
            return SQLITE + path(file);
        }
        if (url.startsWith("jdbc:postgresql://")
                || url.startsWith("jdbc:mariadb://")
                || url.startsWith("jdbc:mysql://")) {
            return url;
        }
        // not shown: somebody may have put a password into it
        throw new BadValue("is not the URL of a database that is known here; give jdbc:sqlite:FILE,"
                + " jdbc:postgresql://HOST/DATABASE, jdbc:mariadb://HOST/DATABASE or jdbc:mysql://HOST/DATABASE");
    }

    /** The URL of a Redis server. */
    static Secret redisUrl(Given given) throws BadValue {
        String url = given.value();
        if (!url.startsWith("redis://") && !url.startsWith("rediss://")) {
            throw new BadValue("is not the URL of a Redis server; give redis://HOST:PORT, or rediss:// with TLS");
        }
        try {
            if (new URI(url).getHost() != null) {
                return Secret.of(url);
            }
        } catch (URISyntaxException e) {
            // told below, without the text: a password may be in it
        }
        throw new BadValue("has no host that can be read; give redis://[:PASSWORD@]HOST[:PORT][/DATABASE] and write"
                + " special characters of the password percent-encoded");
    }
}
