package io.aiproxy.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code aiproxy tls self-signed}: a certificate for trials, because some clients insist on TLS. */
@Command(
        name = "self-signed",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = {
            "Makes cert.pem and key.pem for trials: valid for localhost, 127.0.0.1, ::1 and the hosts named.",
            "Clients must be told to trust it; for other people's use get a certificate from your CA."
        })
final class SelfSignedCommand implements Callable<Integer> {
    private static final List<String> LOCAL = List.of("localhost", "127.0.0.1", "::1");
    private static final int MAX_DAYS = 3650;

    private final Shell shell;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Where to write them; created if missing.")
    private String out = "";

    @Option(names = "--host", paramLabel = "NAME", description = "A further name or IP address; may be repeated.")
    private List<String> hosts = new ArrayList<>();

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "365",
            description = {"How long it is valid.", "default: 365"})
    private int days = 365;

    @Option(names = "--force", description = "Overwrite files that are there already.")
    private boolean force;

    SelfSignedCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws UserError {
        if (days < 1 || days > MAX_DAYS) {
            throw new UserError("--days: give a number from 1 to " + MAX_DAYS);
        }
        Set<String> names = new LinkedHashSet<>(LOCAL);
        names.addAll(hosts);
        Path dir = shell.workingDir().resolve(out).normalize();
        Path certificate = dir.resolve("cert.pem");
        Path key = dir.resolve("key.pem");
        refuseToOverwrite(certificate);
        refuseToOverwrite(key);
        try {
            SelfSigned made = SelfSigned.create(names, days);
            Files.createDirectories(dir);
            Pem.write(key, "PRIVATE KEY", made.privateKey(), true);
            Pem.write(certificate, "CERTIFICATE", made.certificate(), false);
        } catch (IOException e) {
            throw new UserError("cannot write to " + dir + ": " + e);
        }
        tell(names, certificate, key);
        return 0;
    }

    private void refuseToOverwrite(Path file) throws UserError {
        if (Files.exists(file) && !force) {
            throw new UserError(file + " exists; name another directory or add --force to overwrite it");
        }
    }

    private void tell(Set<String> names, Path certificate, Path key) {
        PrintWriter to = shell.out();
        to.println("Made " + certificate + " (valid for " + days + " days, for " + String.join(", ", names) + ")");
        to.println("and  " + key + " (keep it to yourself).");
        to.println();
        to.println("Start the gateway with them:");
        to.println("  java -jar aiproxy.jar --tls-cert " + certificate + " --tls-key " + key);
        to.println("or put into config/application.properties:");
        to.println("  aiproxy.tls-cert=" + certificate);
        to.println("  aiproxy.tls-key=" + key);
        to.println();
        to.println("Clients must trust the certificate:");
        to.println("  curl --cacert " + certificate + " https://localhost:8001/health");
        to.println("  Python: SSL_CERT_FILE=" + certificate);
        to.println("  Node:   NODE_EXTRA_CA_CERTS=" + certificate);
        to.println(
                "  Java:   keytool -importcert -noprompt -alias aiproxy -storepass changeit -keystore trust.p12 -file "
                        + certificate);
        to.println("          java -Djavax.net.ssl.trustStore=trust.p12 ...");
    }
}
