package io.aiproxy.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Every setting of a process: its flag, environment variable and property all derive from its name. */
enum Setting {
    HOST("ADDRESS", "Address to listen on.", "empty: all addresses, IPv4 and IPv6"),
    PORT("PORT", "The port of everything; 0 takes a free one.", "8001"),
    OPS_PORT("PORT", "A port of their own for the operational pages.", "none: they are on the port of everything"),
    OPS_HOST("ADDRESS", "Address for the port of the operational pages.", "127.0.0.1"),
    TLS_CERT("FILE", "PEM file with the certificate and its chain; needs the key as well.", "none: plain HTTP"),
    TLS_KEY("FILE", "PEM file with the certificate's private key (PKCS#8).", "none"),
    CONFIG("DIR", "Where application.properties, users.yaml, channels.yaml and system.yaml are.", "./config"),
    ROUTES(
            "DIR",
            "Where route files are: they add to those in the jar, or stand for them if they are a copy of them.",
            "routes beside the configuration directory"),
    DATA("DIR", "Where the gateway writes.", "data beside the configuration directory"),
    GRACE("DURATION", "How long running answers may go on after SIGTERM, e.g. 30s or 5m.", "30s"),
    DATABASE(
            "URL",
            "Database that keeps the configuration instead of the files: jdbc:sqlite:FILE, jdbc:postgresql://…, jdbc:mariadb://… or jdbc:mysql://….",
            "none: the files in the configuration directory"),
    DATABASE_USER("NAME", "User of the database.", "none"),
    DATABASE_PASSWORD("PASSWORD", "Password of the database; better given in the environment than as a flag.", "none"),
    REDIS(
            "URL",
            "Redis that keeps limits for several instances together: redis://[:PASSWORD@]HOST[:PORT][/DATABASE], or rediss:// with TLS.",
            "none: each instance counts for itself");

    private final String label;
    private final String description;
    private final String fallback;

    Setting(String label, String description, String fallback) {
        this.label = label;
        this.description = description;
        this.fallback = fallback;
    }

    /** On the command line, e.g. {@code --ops-port}. */
    String flag() {
        return "--" + kebab();
    }

    /** In the environment, e.g. {@code AIPROXY_OPS_PORT}. */
    String variable() {
        return "AIPROXY_" + name();
    }

    /**
     * In application.properties, e.g. {@code aiproxy.ops-port}. Empty for the configuration directory, which must be
     * known before that file can be found.
     */
    Optional<String> property() {
        return this == CONFIG ? Optional.empty() : Optional.of("aiproxy." + kebab());
    }

    /** The three ways to give it, for a sentence. */
    String ways() {
        return flag() + " (" + variable() + property().map(name -> ", " + name).orElse("") + ")";
    }

    /** What a value is called in the help. */
    String label() {
        return label;
    }

    /** One sentence about it. */
    String description() {
        return description;
    }

    /** What holds when nobody gives it, in words. */
    String fallback() {
        return fallback;
    }

    /** The setting with this property name. */
    static Optional<Setting> byProperty(String name) {
        return Arrays.stream(values())
                .filter(setting -> setting.property().filter(name::equals).isPresent())
                .findFirst();
    }

    private String kebab() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
